// SPDX-License-Identifier: Apache-2.0
#include "server/api/health.hpp"

#include <nlohmann/json.hpp>

#include "server/api/query_reader.hpp"
#include "server/dto/catalogue.hpp"
#include "server/dto/job_view.hpp"

namespace cex::api {

http::Reply get_health(Context& /*context*/, const http::Request& request) {
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  return http::Response{.body = R"({"status":"ok"})", .headers = {}, .job = {}};
}

http::Reply get_readiness(Context& context, const http::Request& request) {
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  std::vector<HealthCheck> checks;
  if (context.draining) {
    checks.push_back({"draining", HealthCheck::State::failed, "the server is shutting down", {}});
  } else {
    checks = context.service.readiness();
  }
  const auto document =
      dto::readiness_document(checks, context.service.status(), context.service.isolation());
  return http::Response{.status = dto::all_passed(checks) ? 200 : 503,
                        .body = dto::dump(document),
                        .headers = {},
                        .job = {}};
}

}  // namespace cex::api
