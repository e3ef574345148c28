// SPDX-License-Identifier: Apache-2.0
#include "server/api/metrics.hpp"

#include "server/api/query_reader.hpp"

namespace cex::api {

http::Reply get_metrics(Context& context, const http::Request& request) {
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  const auto status = context.service.status();
  const metrics::Gauges gauges{.queued = status.queued,
                               .queued_bytes = status.queued_bytes,
                               .running = status.running,
                               .slots = status.slots,
                               .slots_ready = status.slots_ready,
                               .slots_preboots = status.slots_preboots,
                               .slots_quarantined = status.slots_quarantined,
                               .streams = context.hub.clients(),
                               .cluster = status.cluster};
  return http::Response{.content_type = metrics::Metrics::kContentType,
                        .body = context.service.metrics().text(gauges),
                        .headers = {},
                        .job = {}};
}

}  // namespace cex::api
