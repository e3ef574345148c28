// SPDX-License-Identifier: Apache-2.0

// The body of POST /v1/jobs, as the server reads it, and after it what the engine asks of it before
// any plugin is involved.
#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/policy/env_rules.hpp"
#include "core/policy/option_rules.hpp"
#include "core/policy/path_rules.hpp"
#include "server/dto/job_request.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using cex::fuzz::require;

// What was parsed, and printed, is the same when it is parsed again.
void check_round_trip(const nlohmann::json& document) {
  const std::string printed = cex::dump_json(document);
  const auto again = cex::parse_json(printed);
  require(again.has_value(), "what we print is JSON");
  require(cex::dump_json(*again) == printed, "printing and parsing keep a document");
}

void check_problem(const cex::http::Problem& problem) {
  const std::string answer = cex::http::render_problem(problem, "request");
  require(cex::parse_json(answer).has_value(), "a problem document is JSON");
  require(answer.size() < 64 * 1024, "an answer does not grow with the mistakes of a body");
}

void check_request(const cex::JobRequest& request) {
  require(!request.language.empty() && request.language.size() <= 64, "a language has a name");
  require(request.source.has_value() == request.files.empty(), "source or files, never both");
  for (const auto& file : request.files) require(file.content != nullptr, "a file has content");
  if (cex::policy::check_file_set(request.files)) {
    for (const auto& file : request.files) {
      require(!file.path.empty() && file.path.front() != '/', "a file lies in the work folder");
    }
  }
  const auto env = cex::policy::check_request_env(request.env);
  if (env) require(cex::policy::merge_env({}, request.env).has_value(), "good variables merge");
  static_cast<void>(cex::policy::check_program_args(request.args));
  static_cast<void>(cex::policy::check_compile_args({}, request.language, request.compile_args));
  for (const auto& glob : request.artifacts) static_cast<void>(cex::policy::check_glob(glob));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body = cex::fuzz::text_of(data, size);
  const auto document = cex::parse_json(body);
  if (document) {
    require(cex::is_valid_utf8(body), "only UTF-8 is JSON");
    check_round_trip(*document);
  }
  const auto request = cex::dto::parse_job_request(body);
  if (request) {
    require(document.has_value(), "a request is JSON");
    check_request(*request);
  } else {
    check_problem(request.error());
  }
  return 0;
}
