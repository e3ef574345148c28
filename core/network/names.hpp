// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/ip_address.hpp"
#include "core/base/result.hpp"

namespace cex::network {

/// What the names of one run resolve to. Each is asked for once and then kept for the run, so that
/// an answer cannot change between two connections; only who is allowed to reach a name may ask for
/// it. One thread only.
class Names {
 public:
  /// `servers`: ADDRESS or ADDRESS:PORT; empty: those of the host. Errors: system.
  [[nodiscard]] static Result<std::unique_ptr<Names>> make(const std::vector<std::string>& servers);
  ~Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// At most kMaxAddresses of them; none: it does not resolve. Empty optional: not known yet; the
  /// first question starts the search, one after a failed search starts it again.
  struct Answer {
    std::vector<IpAddress> addresses;
    std::string failure;  ///< why there are none
  };
  static constexpr std::size_t kMaxAddresses = 16;
  void look_up(const std::string& name);
  [[nodiscard]] const Answer* answer(const std::string& name) const;

  /// For the owner's poll loop.
  void add_waits(std::vector<pollfd>& waits) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> patience() const;
  /// `waits`: those of add_waits(), polled.
  void process(std::span<const pollfd> waits);

 private:
  struct Library;  // keeps the resolver library's types out of here
  struct Search;
  explicit Names(std::unique_ptr<Library> library);

  std::unique_ptr<Library> library_;
  std::map<std::string, std::optional<Answer>> answers_;  // without a value: being searched
};

}  // namespace cex::network
