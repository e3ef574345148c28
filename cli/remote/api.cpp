// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/api.hpp"

#include <chrono>

#include <nlohmann/json.hpp>

#include "core/base/ids.hpp"
#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/model/limit_fields.hpp"

namespace cex::cli {
namespace {

using Json = nlohmann::json;

Errc code_of(int status) {
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return Errc::invalid_request;
    case 401:
    case 403:
      return Errc::forbidden;
    case 404:
      return Errc::not_found;
    case 409:
      return Errc::conflict;
    case 429:
      return Errc::queue_full;
    default:
      return Errc::not_ready;
  }
}

std::string words_of(const Answer& answer) {
  const auto problem = parse_json(answer.body);
  const std::string detail =
      problem && problem->is_object() ? problem->value("detail", std::string{}) : std::string{};
  return detail.empty() ? "the server answered " + std::to_string(answer.status) : detail;
}

Result<std::string> good_body(Result<Answer> answer) {
  if (!answer) return tl::unexpected(std::move(answer).error());
  if (answer->status >= 200 && answer->status < 300) return std::move(answer->body);
  Error error{code_of(answer->status), words_of(*answer), 0, {}, answer->retry_after_s};
  return tl::unexpected(std::move(error));
}

Result<Json> good_json(Result<Answer> answer) {
  CEX_TRY(const std::string body, good_body(std::move(answer)));
  auto document = parse_json(body);
  if (document) return document;
  return fail(Errc::not_ready, "the server's answer is no JSON; is it a Code Executor?");
}

void put(Json& object, const std::string& name, const std::string& encoding,
         const std::string& bytes) {
  const bool text = is_valid_utf8(bytes);
  object[name] = text ? bytes : base64_encode(bytes);
  if (!text) object[encoding] = "base64";
}

}  // namespace

Result<Json> RemoteApi::get(const std::string& target) {
  return good_json(client_.send("GET", target));
}

Result<std::string> RemoteApi::get_text(const std::string& target) {
  return good_body(client_.send("GET", target));
}

Result<Json> RemoteApi::readiness() {
  auto answer = client_.send("GET", "/readyz");
  if (answer && answer->status == 503) answer->status = 200;
  return good_json(std::move(answer));
}

Result<std::vector<LanguageInfo>> RemoteApi::languages() {
  CEX_TRY(const Json document, get("/v1/languages"));
  std::vector<LanguageInfo> languages;
  for (const Json& entry : document.value("languages", Json::array())) {
    LanguageInfo language;
    language.id = entry.value("id", "");
    language.extensions = entry.value("extensions", std::vector<std::string>{});
    languages.push_back(std::move(language));
  }
  return languages;
}

Result<std::vector<Json>> RemoteApi::submit(const std::vector<Json>& jobs) {
  const std::string body = dump_json({{"jobs", jobs}});
  const std::string key = "cex-" + random_hex(16);
  constexpr int kTries = 3;
  for (int attempt = 1;; ++attempt) {
    auto made = good_json(client_.send("POST", "/v1/jobs/batch", body, {{"Idempotency-Key", key}}));
    // Without a pause it was no answer of the server: the same key makes the next try the same.
    const bool lost =
        !made && made.error().code == Errc::not_ready && made.error().retry_after_s == 0;
    if (lost && attempt < kTries) continue;
    if (!made) return tl::unexpected(std::move(made).error());
    return made->value("jobs", std::vector<Json>{});
  }
}

Result<Json> RemoteApi::job(const std::string& id) {
  return get("/v1/jobs/" + id);
}

Result<void> RemoteApi::remove(const std::string& id) {
  const auto gone = good_body(client_.send("DELETE", "/v1/jobs/" + id));
  if (!gone && gone.error().code != Errc::not_found) return tl::unexpected(gone.error());
  return {};
}

Json to_json_value(const JobRequest& request) {
  Json job{{"language", request.language}, {"version", request.version}};
  job["files"] = Json::array();
  for (const BoxFile& file : request.files) {
    Json entry{{"path", file.path}, {"executable", file.executable}};
    put(entry, "content", "encoding", *file.content);
    job["files"].push_back(std::move(entry));
  }
  if (request.entry) job["entry"] = *request.entry;
  put(job, "stdin", "stdin_encoding", request.stdin_bytes);
  job["args"] = request.args;
  job["compile"] = {{"args", request.compile_args}, {"options", Json::object()}};
  for (const auto& [id, value] : request.options) job["compile"]["options"][id] = value;
  job["limits"] = Json::object();
  for (const LimitField& field : kLimitFields) {
    const auto asked = field.asked(request.limits);
    if (!asked) continue;
    const std::string name{field.name};
    if (is_milli(field)) {
      job["limits"][name] = static_cast<double>(*asked) / 1000.0;
    } else {
      job["limits"][name] = *asked;
    }
  }
  if (!request.network.empty()) job["network"] = {{"allow", request.network}};
  return job;
}

}  // namespace cex::cli
