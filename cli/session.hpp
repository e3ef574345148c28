// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "cli/options.hpp"
#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/engine/build_engine.hpp"
#include "core/engine/service.hpp"

namespace cex::cli {

/// The configuration as a command sees it: with the plugin folders of this installation in front.
[[nodiscard]] Result<config::Config> load_config(const Common& common);

/// An engine of our own for the time of one command. Gives root up where there is any, so it must
/// be opened before the first thread. The audit log of a session without --data-dir goes to a
/// temporary folder and with it.
class Session {
 public:
  /// `interest`: the one program that it is for, if any; other toolchains are not looked for.
  [[nodiscard]] static Result<Session> open(config::Config config,
                                            const engine::Interest& interest = {});
  Session(Session&& other) noexcept
      : temporary_{std::exchange(other.temporary_, {})}, service_{std::move(other.service_)} {}
  Session& operator=(Session&& other) noexcept = delete;
  ~Session();

  [[nodiscard]] engine::Service& service() { return *service_; }

 private:
  Session() = default;
  std::string temporary_;
  std::unique_ptr<engine::Service> service_;
};

}  // namespace cex::cli
