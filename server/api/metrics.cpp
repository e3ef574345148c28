// SPDX-License-Identifier: Apache-2.0
#include "server/api/metrics.hpp"

#include "server/api/query_reader.hpp"

namespace cex::api {

http::Reply get_metrics(Context& context, const http::Request& request) {
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  const auto status = context.service.status();
  const auto spans = context.service.spans().counts();
  const metrics::Gauges gauges{.queued = status.queued,
                               .queued_bytes = status.queued_bytes,
                               .running = status.running,
                               .slots = status.slots,
                               .slots_ready = status.slots_ready,
                               .slots_preboots = status.slots_preboots,
                               .slots_quarantined = status.slots_quarantined,
                               .streams = context.hub.clients(),
                               .webhooks = status.callbacks,
                               .cells_made = status.cells_made,
                               .audit_sequence = status.audit_sequence,
                               .audit_hash = status.audit_hash,
                               .audit_unsynced = status.audit_unsynced,
                               .audit_lag_s = status.audit_lag_s,
                               .audit_lost = status.audit_lost,
                               .spans_exported = spans.exported,
                               .spans_dropped = spans.dropped,
                               .spans_waiting = spans.waiting,
                               .cluster = status.cluster};
  return http::Response{.content_type = metrics::Metrics::kContentType,
                        .body = context.service.metrics().text(gauges),
                        .headers = {},
                        .job = {}};
}

}  // namespace cex::api
