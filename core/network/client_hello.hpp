// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/network/progress.hpp"

namespace cex::network {

inline constexpr char kTlsHandshake = 0x16;  ///< the first byte of every TLS connection
inline constexpr std::size_t kMaxClientHello = 16'384;

/// The server that a TLS client says it wants, from the first bytes of its connection.
struct ClientHello {
  Progress progress{Progress::incomplete};
  std::size_t wanted{
      0};  ///< incomplete: how many bytes there must be before it is worth asking again
  std::string server_name;  ///< as sent; empty if there is none
  bool encrypted{false};    ///< carries another, encrypted hello whose name nobody can read
};

/// Reads at most kMaxClientHello bytes, across as many records as there are; linear as long as
/// `wanted` is respected.
[[nodiscard]] ClientHello read_client_hello(std::string_view bytes);

}  // namespace cex::network
