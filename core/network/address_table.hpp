// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/ip_address.hpp"

namespace cex::network {

/// Why nobody may be connected to this address on behalf of a job, "loopback" for one; null for an
/// ordinary public one. Private, local, shared, special and documentation blocks, those that carry
/// another address inside (mapped, NAT64, 6to4, Teredo), and where clouds keep their metadata.
/// Pure.
[[nodiscard]] const char* special_block(const IpAddress& address);

/// Is it one of this host's own? Asks the kernel by binding a socket to it; also true where
/// that cannot be found out.
[[nodiscard]] bool is_own(const IpAddress& address) noexcept;

/// The whole question, "" if it may be connected to: an operator's block wins over the table.
[[nodiscard]] std::string why_refused(const IpAddress& address,
                                      const std::vector<IpBlock>& permitted);

}  // namespace cex::network
