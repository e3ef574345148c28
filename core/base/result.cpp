// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.hpp"

#include <system_error>

namespace cex {

std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_request:
      return "invalid_request";
    case Errc::forbidden:
      return "forbidden";
    case Errc::limit_too_high:
      return "limit_too_high";
    case Errc::unknown_language:
      return "unknown_language";
    case Errc::unknown_version:
      return "unknown_version";
    case Errc::language_unusable:
      return "language_unusable";
    case Errc::not_found:
      return "not_found";
    case Errc::conflict:
      return "conflict";
    case Errc::queue_full:
      return "queue_full";
    case Errc::not_ready:
      return "not_ready";
    case Errc::too_large:
      return "too_large";
    case Errc::config:
      return "config";
    case Errc::plugin:
      return "plugin";
    case Errc::policy:
      return "policy";
    case Errc::unsupported:
      return "unsupported";
    case Errc::system:
      return "system";
    case Errc::audit:
      return "audit";
    case Errc::internal:
      return "internal";
  }
  return "internal";
}

tl::unexpected<Error> fail_errno(std::string_view what, int errnum) {
  std::string message{what};
  message += ": ";
  // strerror is not thread-safe; the category's message is.
  message += std::generic_category().message(errnum);
  return tl::unexpected<Error>(Error{Errc::system, std::move(message), errnum, {}, 0});
}

tl::unexpected<Error> in(std::string_view frame, Error error) {
  error.message.insert(0, ": ").insert(0, frame);
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace cex
