// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/context.hpp"
#include "server/http/message.hpp"

namespace cex::api {

/// `GET /v1/jobs/{id}`
[[nodiscard]] http::Reply get_job(Context& context, const http::Request& request);

/// `GET /v1/jobs`: a page, ended early where the jobs' output would make the answer huge.
[[nodiscard]] http::Reply list_jobs(Context& context, const http::Request& request);

/// `DELETE /v1/jobs/{id}`: answers when no process of the job is left.
[[nodiscard]] http::Reply delete_job(Context& context, const http::Request& request);

}  // namespace cex::api
