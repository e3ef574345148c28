// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_codes.hpp"

#include <cstdio>

namespace cex::cli {

int exit_code(const Error& error) noexcept {
  switch (error.code) {
    case Errc::invalid_request:
    case Errc::forbidden:
    case Errc::limit_too_high:
    case Errc::unknown_language:
    case Errc::unknown_version:
    case Errc::too_large:
      return kExitUsage;
    case Errc::language_unusable:
    case Errc::unsupported:
    case Errc::not_ready:
    case Errc::conflict:
    case Errc::queue_full:
      return kExitUnavailable;
    case Errc::config:
      return kExitConfig;
    case Errc::not_found:
    case Errc::plugin:
    case Errc::policy:
    case Errc::system:
    case Errc::audit:
    case Errc::internal:
      return kExitFailure;
  }
  return kExitFailure;
}

int complain(const Error& error) {
  const char* const at = error.pointer.empty() ? "" : " at ";
  std::fprintf(stderr, "cex: %s%s%s\n", error.message.c_str(), at, error.pointer.c_str());
  return exit_code(error);
}

}  // namespace cex::cli
