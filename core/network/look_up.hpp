// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "core/base/ip_address.hpp"
#include "core/base/result.hpp"

namespace cex::network {

/// Where the addresses of a name are asked for, and for how long.
struct LookUp {
  std::vector<std::string> servers;  ///< ADDRESS or ADDRESS:PORT; empty: those of the host
  std::chrono::steady_clock::time_point deadline;
  const std::atomic<bool>* stop{nullptr};  ///< ends the search early where it becomes true
};

/// The addresses of `host`, a name or an address, in the form of normal_host(). Waits. Errors:
/// not_found if it has none, system. Thread-safe; nothing is remembered.
[[nodiscard]] Result<std::vector<IpAddress>> look_up(const std::string& host, const LookUp& how);

}  // namespace cex::network
