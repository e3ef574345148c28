// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cex::http {

/// `given` if it is 1-128 of `[A-Za-z0-9._-]`, else a new random id.
[[nodiscard]] std::string choose_request_id(std::optional<std::string_view> given);

/// Where a request stands among the spans of its trace.
struct TraceContext {
  std::string trace_id;        ///< 32 hex digits
  std::string caller_span_id;  ///< 16 hex digits; empty: the trace begins here
  bool sampled{false};
};

/// What a valid W3C `traceparent` says, else a new trace, of which `sample_ratio` are sampled.
[[nodiscard]] TraceContext choose_trace(std::optional<std::string_view> traceparent,
                                        double sample_ratio);

}  // namespace cex::http
