// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/context.hpp"
#include "server/http/message.hpp"

namespace cex::api {

/// `GET /metrics`: for a Prometheus server.
[[nodiscard]] http::Reply get_metrics(Context& context, const http::Request& request);

}  // namespace cex::api
