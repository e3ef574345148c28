// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/context.hpp"
#include "server/http/message.hpp"

namespace cex::api {

/// `GET /healthz`: the process lives and answers.
[[nodiscard]] http::Reply get_health(Context& context, const http::Request& request);

/// `GET /readyz`: 200 if jobs would run now, else 503; each check by name either way.
[[nodiscard]] http::Reply get_readiness(Context& context, const http::Request& request);

}  // namespace cex::api
