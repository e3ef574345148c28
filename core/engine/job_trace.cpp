// SPDX-License-Identifier: Apache-2.0
#include "core/engine/job_trace.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace cex::engine {

JobTrace::JobTrace(telemetry::Exporter& spans, const Claim& claim)
    : spans_{spans}, claim_{claim}, wanted_{claim.context.sampled && spans.enabled()} {}

void JobTrace::note(const char* name, WallTime begin, WallTime end,
                    std::vector<telemetry::Attribute> attributes, bool failed) const {
  if (!wanted_) return;
  attributes.emplace_back("cex.job", claim_.id);
  attributes.emplace_back("cex.language", claim_.view.language_id);
  attributes.emplace_back("cex.attempt", static_cast<std::int64_t>(claim_.attempt));
  spans_.add({.trace_id = claim_.context.trace_id,
              .id = telemetry::new_span_id(),
              .parent_id = claim_.context.span_id,
              .name = name,
              .begin = begin,
              // A wall clock may be set back; a span may not end before it began.
              .end = std::max(begin, end),
              .attributes = std::move(attributes),
              .failed = failed});
}

}  // namespace cex::engine
