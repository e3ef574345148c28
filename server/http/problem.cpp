// SPDX-License-Identifier: Apache-2.0
#include "server/http/problem.hpp"

#include <nlohmann/json.hpp>

namespace cex::http {
namespace {

constexpr std::string_view kRetryAfterSeconds = "1";

}  // namespace

Problem problem_of(const Error& error) {
  Problem problem{.kind = kind_of(error.code)};
  if (problem_type(problem.kind).status == 500) {
    problem.detail = "the server failed; its log has the reason under this request id";
    problem.hidden = error.message;
    return problem;
  }
  problem.detail = error.pointer.empty() ? error.message : error.pointer + ": " + error.message;
  if (!error.pointer.empty()) problem.errors.push_back({error.pointer, error.message});
  if (problem.kind == ProblemKind::queue_full || problem.kind == ProblemKind::not_ready) {
    problem.headers.emplace_back("Retry-After", error.retry_after_s != 0
                                                    ? std::to_string(error.retry_after_s)
                                                    : kRetryAfterSeconds);
  }
  return problem;
}

std::string render_problem(const Problem& problem, std::string_view request_id) {
  const ProblemType& type = problem_type(problem.kind);
  nlohmann::ordered_json document{{"type", "urn:code-executor:problem:" + std::string{type.code}},
                                  {"title", type.title},
                                  {"status", type.status},
                                  {"detail", problem.detail},
                                  {"code", type.code},
                                  {"request_id", request_id}};
  auto errors = nlohmann::ordered_json::array();
  for (const auto& error : problem.errors) {
    errors.push_back({{"pointer", error.pointer}, {"message", error.message}});
  }
  document["errors"] = std::move(errors);
  return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace cex::http
