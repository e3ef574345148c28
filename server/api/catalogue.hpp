// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/context.hpp"
#include "server/http/message.hpp"

namespace cex::api {

/// `GET /v1/languages`
[[nodiscard]] http::Reply list_languages(Context& context, const http::Request& request);

/// `GET /v1/languages/{id}`, by id or alias.
[[nodiscard]] http::Reply get_language(Context& context, const http::Request& request);

/// `GET /v1/plugins`
[[nodiscard]] http::Reply list_plugins(Context& context, const http::Request& request);

}  // namespace cex::api
