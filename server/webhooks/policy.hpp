// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/model/callback.hpp"
#include "core/model/destination.hpp"
#include "core/outbound/url.hpp"

namespace cex::webhooks {

/// Whom results may be sent to, and the secrets that sign them. Immutable, so any thread may ask.
class Policy {
 public:
  /// Reads the tenants' secrets. Errors: config.
  [[nodiscard]] static Result<Policy> make(const config::Config& config);

  /// May results of this tenant go there? Asks no resolver, so that nobody learns from the answer
  /// which names there are. Errors, both pointing at /callback_url: invalid_request, forbidden.
  [[nodiscard]] Result<outbound::Url> check(const std::string& tenant,
                                            const std::string& url) const;
  /// "" for a tenant that has none.
  [[nodiscard]] const std::string& secret_of(const std::string& tenant) const;

 private:
  Policy() = default;

  std::vector<DestinationPattern> allow_;
  bool allow_http_{false};
  std::map<std::string, std::string> secrets_;  ///< by section of [tenants]; "" where there is none
};

}  // namespace cex::webhooks
