// SPDX-License-Identifier: Apache-2.0
#include "server/http/router.hpp"

#include "core/base/text.hpp"
#include "server/http/query.hpp"

namespace cex::http {
namespace {

constexpr std::size_t kMaxParameterBytes = 200;

std::optional<std::string> match(std::string_view pattern, std::string_view path) {
  const auto wanted = split(pattern, '/');
  const auto given = split(path, '/');
  if (wanted.size() != given.size()) return std::nullopt;
  std::string parameter;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != "{id}") {
      if (wanted[i] != given[i]) return std::nullopt;
      continue;
    }
    auto decoded = percent_decode(given[i]);
    if (!decoded || decoded->empty() || decoded->size() > kMaxParameterBytes) return std::nullopt;
    parameter = std::move(*decoded);
  }
  return parameter;
}

}  // namespace

std::variant<Router::Match, Problem> Router::find(std::string_view method,
                                                  std::string_view path) const {
  const std::string_view wanted = method == "HEAD" ? std::string_view{"GET"} : method;
  std::vector<std::string> allowed;
  for (const auto& route : routes_) {
    auto parameter = match(route.pattern, path);
    if (!parameter) continue;
    if (route.method == wanted) return Match{&route, std::move(*parameter)};
    allowed.emplace_back(route.method);
    if (route.method == "GET") allowed.emplace_back("HEAD");
  }
  if (allowed.empty()) {
    return Problem{.kind = ProblemKind::not_found,
                   .detail = "no such path; /openapi.json lists what there is"};
  }
  const std::string list = join(allowed, ", ");
  return Problem{.kind = ProblemKind::method_not_allowed,
                 .detail = "this path takes " + list,
                 .errors = {},
                 .headers = {{"Allow", list}}};
}

}  // namespace cex::http
