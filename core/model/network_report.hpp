// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace cex {

/// One decision of the proxy, or several equal ones. Host and reason are printable ASCII, bounded.
struct NetworkContact {
  std::string host;
  std::uint16_t port{0};
  std::string address;  ///< the one connected to; empty where it did not come to that
  bool allowed{false};
  std::string reason;  ///< why it was refused, or why an allowed connection ended early
  std::uint64_t connections{1};
  std::uint64_t sent_bytes{0};      ///< by the job
  std::uint64_t received_bytes{0};  ///< by the job
};

/// Everything a run, or a whole job, reached or tried to. Bounded; what does not fit is counted.
/// What was allowed has room of its own, so that a flood of refusals cannot hide it.
struct NetworkReport {
  static constexpr std::size_t kMaxAllowed = 256;
  static constexpr std::size_t kMaxRefused = 128;

  std::vector<NetworkContact> contacts;  ///< in the order of their first occurrence
  std::uint64_t omitted{0};              ///< connections that are in none of the contacts

  [[nodiscard]] bool empty() const noexcept { return contacts.empty() && omitted == 0; }
  /// Adds to an equal contact, or makes a new one.
  void add(NetworkContact contact);
  void add(const NetworkReport& other);
};

[[nodiscard]] nlohmann::json to_json_value(const NetworkReport& report);

}  // namespace cex
