// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace cex {

/// What kind of trouble an Error is. One enum for the whole project; HTTP numbers are chosen from
/// it in one table of the server, exit codes in one table of the CLI.
enum class Errc : std::uint8_t {
  invalid_request,    ///< the caller asked for something malformed
  forbidden,          ///< well formed, but the operator does not permit it
  limit_too_high,     ///< a limit above the operator's maximum
  unknown_language,   ///< no plugin offers the language
  unknown_version,    ///< no installed toolchain matches the version selector
  language_unusable,  ///< the language is known, its toolchain is not installed
  not_found,          ///< no such job
  conflict,           ///< an idempotency key was used for another request
  queue_full,         ///< try again later
  not_ready,          ///< starting, draining, or the self-test failed
  too_large,          ///< a body, file or table above its bound
  config,             ///< the configuration is wrong; the message says where
  plugin,             ///< a plugin misbehaved or was refused
  policy,             ///< a plugin proposed something that the core does not allow
  unsupported,        ///< the host lacks something needed; the message says what to do
  system,             ///< a system call failed; sys_errno says how
  audit,              ///< the audit log cannot be written or does not verify
  internal,           ///< a bug of ours
};

[[nodiscard]] std::string_view to_string(Errc code) noexcept;

/// Trouble that was anticipated. `message`: lower case, no full stop, names the object.
struct Error {
  Errc code{Errc::internal};
  std::string message;
  int sys_errno{0};                ///< errno for Errc::system, else 0
  std::string pointer;             ///< JSON pointer into the request, where there is one
  std::uint32_t retry_after_s{0};  ///< when to try again, where that is known
};

template <class T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message), 0, {}, 0});
}

/// An error that points at the part of the request which caused it.
[[nodiscard]] inline tl::unexpected<Error> fail_at(Errc code, std::string pointer,
                                                   std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message), 0, std::move(pointer), 0});
}

/// Errc::system with the text of `errnum`. Call it first: nothing may touch errno in between.
[[nodiscard]] tl::unexpected<Error> fail_errno(std::string_view what, int errnum = errno);

/// Adds the frame that a reader of the message needs: "copy inputs: open(a): permission denied".
[[nodiscard]] tl::unexpected<Error> in(std::string_view frame, Error error);

}  // namespace cex

#define CEX_CONCAT_INNER(a, b) a##b
#define CEX_CONCAT(a, b) CEX_CONCAT_INNER(a, b)

/// `CEX_TRY(auto fd, open_it());` leaves the function with the error, unchanged, or declares fd.
#define CEX_TRY(decl, expr)                                                   \
  auto CEX_CONCAT(cex_try_, __LINE__) = (expr);                               \
  if (!CEX_CONCAT(cex_try_, __LINE__)) {                                      \
    return tl::unexpected(std::move(CEX_CONCAT(cex_try_, __LINE__)).error()); \
  }                                                                           \
  decl = *std::move(CEX_CONCAT(cex_try_, __LINE__))  // NOLINT(bugprone-macro-parentheses)

/// The same for a Result without a value.
#define CEX_CHECK(expr)                                      \
  do {                                                       \
    if (auto cex_checked = (expr); !cex_checked) {           \
      return tl::unexpected(std::move(cex_checked).error()); \
    }                                                        \
  } while (false)
