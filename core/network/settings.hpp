// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/ip_address.hpp"
#include "core/model/destination.hpp"

namespace cex::network {

/// What one run may reach and how much of it.
struct ProxySettings {
  std::vector<Destination> allow;
  std::vector<IpBlock> permitted;  ///< that the address table would refuse
  std::vector<std::string> dns_servers;
  std::uint32_t max_connections{16};
  std::uint32_t max_total_connections{256};
  std::uint64_t max_bytes{std::uint64_t{64} << 20U};
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds idle_timeout{30'000};
};

}  // namespace cex::network
