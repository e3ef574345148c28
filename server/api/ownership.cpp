// SPDX-License-Identifier: Apache-2.0
#include "server/api/ownership.hpp"

#include "core/base/ids.hpp"

namespace cex::api {

std::optional<http::Problem> check_owner(const Context& context, const http::Request& request) {
  http::Problem no_such_job{.kind = http::ProblemKind::not_found,
                            .detail = "no such job, or its result has expired"};
  if (!is_job_id(request.parameter)) return no_such_job;
  const auto owner = context.service.owner(request.parameter);
  if (owner && (*owner == request.context.tenant || request.is_admin())) return std::nullopt;
  if (!owner && owner.error().code != Errc::not_found) return http::problem_of(owner.error());
  return no_such_job;
}

}  // namespace cex::api
