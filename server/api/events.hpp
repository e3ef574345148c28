// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/context.hpp"
#include "server/http/message.hpp"

namespace cex::api {

/// `GET /v1/jobs/{id}/events`: the hub sends what comes after `Last-Event-ID`. 204 if that was the
/// last event there will ever be (an EventSource stops reconnecting on it).
[[nodiscard]] http::Reply stream_events(Context& context, const http::Request& request);

}  // namespace cex::api
