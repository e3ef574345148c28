// SPDX-License-Identifier: Apache-2.0
#include "server/api/io.hpp"

#include <cstdint>

#include "server/api/ownership.hpp"
#include "server/api/query_reader.hpp"
#include "server/api/streams.hpp"
#include "server/ws/handshake.hpp"

namespace cex::api {

http::Reply open_io(Context& context, const http::Request& request) {
  using http::Problem;
  using http::ProblemKind;
  QueryReader query{request};
  // In the query, for a browser cannot give a WebSocket a Last-Event-ID.
  constexpr std::uint64_t kMost = (std::uint64_t{1} << 53U) - 1;
  const auto after = query.whole("after", 0, kMost);
  const bool detach = query.flag("detach");
  if (auto problem = query.finish()) return std::move(*problem);
  if (auto problem = check_owner(context, request)) return std::move(*problem);
  const auto job = context.service.get(request.parameter);
  if (!job) return http::problem_of(job.error());
  if (!job->interactive) {
    return Problem{.kind = ProblemKind::invalid_request,
                   .detail =
                       "the job is not interactive: its request says so with `interactive`; "
                       "its output is at /events"};
  }
  auto accept = ws::check_upgrade(request);
  if (!accept) return std::move(accept).error();
  if (auto problem = check_room(context, "ask again later")) return std::move(*problem);
  const hub::Follow follow{
      .job = request.parameter,
      .after = after.value_or(0),
      .on_disconnect = detach ? hub::OnDisconnect::keep : hub::OnDisconnect::cancel,
      .context = request.context};
  return http::Handover{
      [&hub = context.hub, follow, accept = *std::move(accept)](http::Connection connection) {
        hub.talk(std::move(connection), follow, accept);
      }};
}

}  // namespace cex::api
