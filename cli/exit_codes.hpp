// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"

namespace cex::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 64;        ///< EX_USAGE
inline constexpr int kExitUnavailable = 69;  ///< EX_UNAVAILABLE: language, toolchain or host
inline constexpr int kExitConfig = 78;       ///< EX_CONFIG
inline constexpr int kExitTimeLimit = 124;   ///< as timeout(1)
inline constexpr int kExitSignal = 128;      ///< + the signal's number

/// The one table from Errc to an exit status.
[[nodiscard]] int exit_code(const Error& error) noexcept;

/// Prints "cex: <message>" (with the part of the request it points at) to stderr; the exit status.
[[nodiscard]] int complain(const Error& error);

}  // namespace cex::cli
