// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/context.hpp"
#include "server/http/message.hpp"

namespace cex::api {

/// GET /v1/jobs/{id}/io: a WebSocket to an interactive job.
[[nodiscard]] http::Reply open_io(Context& context, const http::Request& request);

}  // namespace cex::api
