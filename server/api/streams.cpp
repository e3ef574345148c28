// SPDX-License-Identifier: Apache-2.0
#include "server/api/streams.hpp"

#include <string>

namespace cex::api {

std::optional<http::Problem> check_room(const Context& context, std::string_view advice) {
  if (context.hub.has_room()) return std::nullopt;
  return http::Problem{.kind = http::ProblemKind::rate_limited,
                       .detail = "too many open streams; " + std::string{advice},
                       .errors = {},
                       .headers = {{"Retry-After", "1"}},
                       .hidden = {}};
}

}  // namespace cex::api
