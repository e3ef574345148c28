// SPDX-License-Identifier: Apache-2.0
#include "server/api/events.hpp"

#include <cstdint>

#include "core/base/text.hpp"
#include "server/api/ownership.hpp"
#include "server/api/query_reader.hpp"
#include "server/api/streams.hpp"

namespace cex::api {

http::Reply stream_events(Context& context, const http::Request& request) {
  using http::Problem;
  using http::ProblemKind;
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  if (auto problem = check_owner(context, request)) return std::move(*problem);
  std::uint64_t after = 0;
  if (const auto last = request.header("last-event-id"); last && !last->empty()) {
    const auto number = parse_u64(*last);
    if (!number) {
      return Problem{.kind = ProblemKind::invalid_request,
                     .detail = "Last-Event-ID must be the id of an event of this job"};
    }
    after = *number;
  }
  const auto page = context.service.events(request.parameter, after);
  if (!page) return http::problem_of(page.error());
  if (page->finished && page->events.empty()) {
    return http::Response{.status = 204, .body = {}, .headers = {}, .job = request.parameter};
  }
  if (auto problem = check_room(context, "ask again later")) return std::move(*problem);
  hub::Follow follow{.job = request.parameter, .after = after, .context = request.context};
  return http::Handover{[&hub = context.hub, follow](http::Connection connection) {
    hub.stream(std::move(connection), follow);
  }};
}

}  // namespace cex::api
