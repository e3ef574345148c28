// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "server/http/error_map.hpp"

namespace cex::http {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// One finding about one place of the request.
struct FieldError {
  std::string pointer;  ///< JSON pointer into the body; `/query/NAME` for a query parameter
  std::string message;
};

/// An error as RFC 9457 tells it.
struct Problem {
  ProblemKind kind{ProblemKind::internal_error};
  std::string detail;
  std::vector<FieldError> errors;
  Pairs headers;       ///< such as Allow and Retry-After
  std::string hidden;  ///< for the server's log only
};

/// `error` as a client may see it: the text of a failure of ours stays in `hidden`.
[[nodiscard]] Problem problem_of(const Error& error);

/// The `application/problem+json` document.
[[nodiscard]] std::string render_problem(const Problem& problem, std::string_view request_id);

}  // namespace cex::http
