// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "server/api/context.hpp"
#include "server/http/message.hpp"

namespace cex::api {

/// server/openapi.json as it was when the server was built.
[[nodiscard]] std::string_view openapi_document() noexcept;

/// `GET /openapi.json`
[[nodiscard]] http::Reply get_openapi(Context& context, const http::Request& request);

}  // namespace cex::api
