// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "server/api/context.hpp"
#include "server/http/problem.hpp"

namespace cex::api {

/// The refusal where the hub has no room for one more connection; `advice`: what to do instead.
[[nodiscard]] std::optional<http::Problem> check_room(const Context& context,
                                                      std::string_view advice);

}  // namespace cex::api
