// SPDX-License-Identifier: Apache-2.0
#include "server/api/routes.hpp"

#include "server/api/audit.hpp"
#include "server/api/catalogue.hpp"
#include "server/api/events.hpp"
#include "server/api/health.hpp"
#include "server/api/io.hpp"
#include "server/api/jobs.hpp"
#include "server/api/metrics.hpp"
#include "server/api/openapi.hpp"
#include "server/api/submit.hpp"

namespace cex::api {
namespace {

// Binds handlers to the context that they work with.
auto binder(Context& context) {
  return [&context](auto handler) {
    return [&context, handler](const http::Request& request) { return handler(context, request); };
  };
}

}  // namespace

std::vector<http::Route> make_routes(Context& context) {
  using enum http::BodyRule;
  using http::Access;
  const auto with = binder(context);
  return {
      {"POST", "/v1/jobs", Access::run, json, with(create_job)},
      {"POST", "/v1/jobs/batch", Access::run, json, with(create_jobs)},
      {"GET", "/v1/jobs", Access::read, none, with(list_jobs)},
      {"GET", "/v1/jobs/{id}", Access::read, none, with(get_job)},
      {"DELETE", "/v1/jobs/{id}", Access::run, none, with(delete_job)},
      {"GET", "/v1/jobs/{id}/events", Access::read, none, with(stream_events)},
      {"GET", "/v1/jobs/{id}/io", Access::run, none, with(open_io)},
      {"GET", "/v1/languages", Access::read, none, with(list_languages)},
      {"GET", "/v1/languages/{id}", Access::read, none, with(get_language)},
      {"GET", "/v1/plugins", Access::read, none, with(list_plugins)},
      {"GET", "/v1/audit", Access::auditor, none, with(get_audit)},
      {"GET", "/healthz", Access::open, none, with(get_health)},
      {"GET", "/readyz", Access::open, none, with(get_readiness)},
      {"GET", "/metrics", Access::auditor, none, with(get_metrics)},
      {"GET", "/openapi.json", Access::open, none, with(get_openapi)},
  };
}

std::vector<http::Route> make_health_routes(Context& context) {
  using http::Access;
  const auto with = binder(context);
  return {
      {"GET", "/healthz", Access::open, http::BodyRule::none, with(get_health)},
      {"GET", "/readyz", Access::open, http::BodyRule::none, with(get_readiness)},
      {"GET", "/metrics", Access::open, http::BodyRule::none, with(get_metrics)},
  };
}

}  // namespace cex::api
