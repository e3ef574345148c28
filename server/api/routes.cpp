// SPDX-License-Identifier: Apache-2.0
#include "server/api/routes.hpp"

#include "server/api/catalogue.hpp"
#include "server/api/events.hpp"
#include "server/api/health.hpp"
#include "server/api/jobs.hpp"
#include "server/api/openapi.hpp"

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
  const auto with = binder(context);
  return {
      {"POST", "/v1/jobs", json, with(create_job)},
      {"GET", "/v1/jobs", none, with(list_jobs)},
      {"GET", "/v1/jobs/{id}", none, with(get_job)},
      {"DELETE", "/v1/jobs/{id}", none, with(delete_job)},
      {"GET", "/v1/jobs/{id}/events", none, with(stream_events)},
      {"GET", "/v1/languages", none, with(list_languages)},
      {"GET", "/v1/languages/{id}", none, with(get_language)},
      {"GET", "/v1/plugins", none, with(list_plugins)},
      {"GET", "/healthz", none, with(get_health)},
      {"GET", "/readyz", none, with(get_readiness)},
      {"GET", "/openapi.json", none, with(get_openapi)},
  };
}

std::vector<http::Route> make_health_routes(Context& context) {
  const auto with = binder(context);
  return {
      {"GET", "/healthz", http::BodyRule::none, with(get_health)},
      {"GET", "/readyz", http::BodyRule::none, with(get_readiness)},
  };
}

}  // namespace cex::api
