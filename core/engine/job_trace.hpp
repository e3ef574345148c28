// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/engine/job_store.hpp"
#include "core/telemetry/exporter.hpp"

namespace cex::engine {

/// What took how long in one attempt at a job: spans below that of the request which made it.
/// Borrows both; thread-safe.
class JobTrace {
 public:
  JobTrace(telemetry::Exporter& spans, const Claim& claim);

  /// `name`: one of queue, compile, run, cleanup.
  void note(const char* name, WallTime begin, WallTime end,
            std::vector<telemetry::Attribute> attributes = {}, bool failed = false) const;

 private:
  telemetry::Exporter& spans_;
  const Claim& claim_;
  const bool wanted_;
};

}  // namespace cex::engine
