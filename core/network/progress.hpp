// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace cex::network {

/// How far a parser of bytes that still come in has got.
enum class Progress : std::uint8_t { incomplete, complete, malformed };

}  // namespace cex::network
