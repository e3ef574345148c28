// SPDX-License-Identifier: Apache-2.0
#include "server/http/admission.hpp"

#include <algorithm>
#include <cctype>

#include "core/base/text.hpp"
#include "server/http/query.hpp"
#include "server/http/trace.hpp"

namespace cex::http {
namespace {

Problem invalid(std::string detail) {
  return {.kind = ProblemKind::invalid_request, .detail = std::move(detail)};
}

// The parser decodes =?utf-8?q?a=0d=0ab?= into a value with CR LF after the raw head was found
// clean.
std::optional<Problem> check_values(const Pairs& headers) {
  for (const auto& [name, value] : headers) {
    const bool clean = std::none_of(value.begin(), value.end(), [](unsigned char c) {
      return (c < 0x20U && c != '\t') || c == 0x7FU;
    });
    if (!clean) return invalid("a header field decodes to control characters");
  }
  return std::nullopt;
}

// Without API keys everybody who can reach the port may run programs. A web page that the user of
// this machine visits can reach it too; the browser tells on it by the Origin header.
std::optional<Problem> check_origin(const Request& request) {
  const auto origin = request.header("origin");
  if (!origin) return std::nullopt;
  std::string_view host = *origin;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (host.substr(0, scheme.size()) == scheme) host.remove_prefix(scheme.size());
  }
  for (const std::string_view own : {"localhost", "127.0.0.1", "[::1]"}) {
    if (host == own || host.substr(0, own.size() + 1) == std::string{own} + ':')
      return std::nullopt;
  }
  return Problem{.kind = ProblemKind::forbidden,
                 .detail = "pages of other origins may not use this server"};
}

std::optional<Problem> check_media_type(const Request& request) {
  const auto refuse = [](std::string detail) {
    return Problem{.kind = ProblemKind::unsupported_media_type, .detail = std::move(detail)};
  };
  if (request.header("content-encoding")) return refuse("send the body without Content-Encoding");
  const auto type = request.header("content-type");
  if (!type) return refuse("send Content-Type: application/json");
  const auto parts = split(*type, ';');
  bool json = ascii_lower(trim(parts[0])) == "application/json";
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string parameter = ascii_lower(trim(parts[i]));
    json = json && (parameter == "charset=utf-8" || parameter == "charset=\"utf-8\"");
  }
  if (!json) return refuse("the body must be application/json in UTF-8");
  return std::nullopt;
}

std::optional<Problem> check_body(const RawHead& head, const Route& route, const Request& request,
                                  std::uint64_t max_body_bytes) {
  if (route.body == BodyRule::none) {
    if (head.chunked || head.length.value_or(0) > 0) return invalid("this request takes no body");
    return std::nullopt;
  }
  if (auto problem = check_media_type(request)) return problem;
  if (head.length.value_or(0) > max_body_bytes) {
    return Problem{.kind = ProblemKind::too_large,
                   .detail = "the body may have " + std::to_string(max_body_bytes) + " bytes"};
  }
  return std::nullopt;
}

std::optional<Problem> judge(const RawHead& head, const Router& router, Doorkeeper* keeper,
                             std::uint64_t max_body_bytes, Admission& admission) {
  Request& request = admission.request;
  if (auto problem = check_values(head.headers)) return problem;
  if (auto problem = check_origin(request)) return problem;

  std::string_view target = head.target;
  if (const auto scheme = target.find("://"); target.front() != '/' && scheme != target.npos) {
    target.remove_prefix(target.find('/', scheme + 3));  // absolute form; the host was checked
  }
  const auto question = target.find('?');
  request.path = std::string{target.substr(0, question)};
  auto found = router.find(request.method, request.path);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  auto& match = std::get<Router::Match>(found);
  admission.route = match.route;
  request.parameter = std::move(match.parameter);

  if (question != target.npos) {
    auto query = parse_query(target.substr(question + 1));
    if (!query) {
      Problem problem = invalid("the query is malformed");
      problem.errors.push_back(std::move(query).error());
      return problem;
    }
    request.query = *std::move(query);
  }
  if (keeper != nullptr && match.route->access != Access::open) {
    auto principal = keeper->admit(request, match.route->access);
    if (!principal) return std::move(principal).error();
    request.context.tenant = principal->tenant;
    request.context.key = principal->key;
    request.context.permit = principal->permit;
    request.roles = principal->roles;
  }
  return check_body(head, *match.route, request, max_body_bytes);
}

}  // namespace

bool Request::is_admin() const noexcept {
  return std::find(roles.begin(), roles.end(), Role::admin) != roles.end();
}

std::optional<std::string_view> Request::header(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Admission admit(RawHead head, const Router& router, Doorkeeper* keeper,
                std::uint64_t max_body_bytes, double sample_ratio) {
  Admission admission;
  Request& request = admission.request;
  request.method = head.method;
  request.path = head.target;
  request.headers.reserve(head.headers.size());
  for (const auto& [name, value] : head.headers)
    request.headers.emplace_back(ascii_lower(name), value);
  request.context.request_id = choose_request_id(request.header("x-request-id"));
  TraceContext trace = choose_trace(request.header("traceparent"), sample_ratio);
  request.context.trace_id = std::move(trace.trace_id);
  request.context.caller_span_id = std::move(trace.caller_span_id);
  request.context.sampled = trace.sampled;
  request.context.span_id = telemetry::new_span_id();
  request.context.peer = head.peer;
  admission.problem = judge(head, router, keeper, max_body_bytes, admission);
  return admission;
}

}  // namespace cex::http
