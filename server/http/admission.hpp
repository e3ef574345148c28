// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/http/auth.hpp"
#include "server/http/router.hpp"

namespace cex::http {

/// A request's head as an HTTP parser delivers it.
struct RawHead {
  std::string method;
  std::string target;
  Pairs headers;  ///< names in any case; values decoded by the parser
  std::string peer;
  bool chunked{false};
  std::optional<std::uint64_t> length;
};

/// The judgement over a head: a route to call, or a problem to answer with.
struct Admission {
  Request request;
  const Route* route{nullptr};
  std::optional<Problem> problem;
};

/// Judges control characters in decoded values, origin, path, method, query and media type,
/// and a declared length against `max_body_bytes`.
/// `keeper` says who asks and whether that one may; null: the routes are for everybody.
/// `sample_ratio`: of requests without a traceparent.
[[nodiscard]] Admission admit(RawHead head, const Router& router, Doorkeeper* keeper,
                              std::uint64_t max_body_bytes, double sample_ratio);

}  // namespace cex::http
