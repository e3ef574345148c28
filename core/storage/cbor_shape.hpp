// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace cex::storage {

/// Is it one whole CBOR value whose lists and maps lie in each other at most 32 deep? The parser
/// calls itself for each level, so bytes that somebody else may have written are looked through
/// first.
[[nodiscard]] bool is_shallow_cbor(std::string_view bytes) noexcept;

}  // namespace cex::storage
