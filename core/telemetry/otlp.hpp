// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/telemetry/span.hpp"

namespace cex::telemetry {

/// Who the spans are of.
struct Resource {
  std::string service_name;
  std::string service_version;
  std::string instance_id;
};

/// The body of an OTLP/HTTP request in JSON (ExportTraceServiceRequest).
[[nodiscard]] std::string render(const Resource& resource, const std::vector<Span>& spans);

}  // namespace cex::telemetry
