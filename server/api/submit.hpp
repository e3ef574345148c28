// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/context.hpp"
#include "server/http/message.hpp"

namespace cex::api {

/// `POST /v1/jobs`: submits, then answers 202 at once, or hands the connection to the hub (`wait`,
/// `stream`).
[[nodiscard]] http::Reply create_job(Context& context, const http::Request& request);

/// `POST /v1/jobs/batch`: takes all of the list, or none.
[[nodiscard]] http::Reply create_jobs(Context& context, const http::Request& request);

}  // namespace cex::api
