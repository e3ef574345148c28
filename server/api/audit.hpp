// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/context.hpp"
#include "server/http/message.hpp"

namespace cex::api {

/// `GET /v1/audit`: a page of the audit log, in the order of its records.
[[nodiscard]] http::Reply get_audit(Context& context, const http::Request& request);

}  // namespace cex::api
