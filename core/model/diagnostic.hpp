// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace cex {

enum class Severity : std::uint8_t { note, warning, error };

/// One message of a compiler, as structure. Lines and columns are 1-based, 0 = unknown.
struct Diagnostic {
  std::string file;  ///< as the user named it
  std::uint32_t line{0};
  std::uint32_t column{0};
  Severity severity{Severity::error};
  std::string code;
  std::string message;
};

}  // namespace cex
