// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <tl/expected.hpp>

#include "core/model/interactive.hpp"

namespace cex::dto {

struct IoInput {
  std::string bytes;
};
struct IoEnd {};
struct IoSignal {
  int number{0};
};

/// What a client says to its program.
using IoMessage = std::variant<IoInput, IoEnd, IoSignal, WindowSize>;

/// Strict, as for request bodies. The error is a sentence for the client.
[[nodiscard]] tl::expected<IoMessage, std::string> parse_io_message(std::string_view text);

}  // namespace cex::dto
