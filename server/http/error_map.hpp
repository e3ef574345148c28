// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/result.hpp"

namespace cex::http {

/// Everything a client can be told went wrong. Each has one line in the table of error_map.cpp, the
/// only place of the project that knows HTTP numbers for errors.
enum class ProblemKind : std::uint8_t {
  invalid_json,
  invalid_request,
  unauthenticated,
  forbidden,
  not_found,
  method_not_allowed,
  request_timeout,
  idempotency_conflict,
  length_required,
  too_large,
  uri_too_long,
  unsupported_media_type,
  expectation_failed,
  unknown_language,
  unknown_version,
  language_unusable,
  limit_too_high,
  upgrade_required,
  rate_limited,
  queue_full,
  header_too_large,
  internal_error,
  not_ready,
  draining,
  version_not_supported,
};

struct ProblemType {
  int status;              ///< HTTP status
  std::string_view code;   ///< stable, machine-readable
  std::string_view title;  ///< for people; the same for every occurrence
};

[[nodiscard]] const ProblemType& problem_type(ProblemKind kind) noexcept;

[[nodiscard]] ProblemKind kind_of(Errc code) noexcept;

/// "OK" for 200; "Unknown" for a status that this server never sends.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

}  // namespace cex::http
