// SPDX-License-Identifier: Apache-2.0
#include "server/api/health.hpp"

#include <nlohmann/json.hpp>

#include "server/api/query_reader.hpp"
#include "server/dto/catalogue.hpp"
#include "server/dto/job_view.hpp"

namespace cex::api {

namespace {

HealthCheck configuration_check(const Context& context) {
  const auto failure = context.reloads.failure();
  if (!failure) return {"configuration", HealthCheck::State::ok, "in force", {}};
  return {"configuration", HealthCheck::State::degraded,
          "the one before is in force, for the files are wrong: " + *failure,
          "correct them and send SIGHUP again"};
}

}  // namespace

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
    checks.push_back(configuration_check(context));
  }
  const auto document =
      dto::readiness_document(checks, context.service.status(), context.service.isolation());
  return http::Response{.status = dto::all_passed(checks) ? 200 : 503,
                        .body = dto::dump(document),
                        .headers = {},
                        .job = {}};
}

}  // namespace cex::api
