// SPDX-License-Identifier: Apache-2.0
#include "server/api/jobs.hpp"

#include <array>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "server/api/ownership.hpp"
#include "server/api/query_reader.hpp"
#include "server/dto/job_view.hpp"

namespace cex::api {
namespace {

constexpr std::uint64_t kMaxPageJobs = 200;
constexpr std::size_t kMaxPageBytes = std::size_t{8} << 20U;

template <class Enum, std::size_t N>
std::optional<Enum> read_word(QueryReader& query, std::string_view name,
                              const std::array<Enum, N>& words) {
  const auto given = query.text(name);
  if (!given) return std::nullopt;
  std::string list;
  for (const Enum word : words) {
    if (to_string(word) == *given) return word;
    list += (list.empty() ? "" : ", ") + std::string{to_string(word)};
  }
  query.add(name, "must be one of: " + list);
  return std::nullopt;
}

tl::expected<JobFilter, http::Problem> read_filter(const http::Request& request) {
  constexpr std::array kStates{JobState::queued, JobState::running, JobState::finished,
                               JobState::cancelled};
  constexpr std::array kStatuses{
      Verdict::ok,           Verdict::compile_error, Verdict::runtime_error, Verdict::time_limit,
      Verdict::memory_limit, Verdict::output_limit,  Verdict::process_limit, Verdict::disk_limit,
      Verdict::wrong_answer, Verdict::cancelled,     Verdict::internal_error};
  QueryReader query{request};
  JobFilter filter;
  if (!request.is_admin()) filter.tenant = request.context.tenant;
  filter.state = read_word(query, "state", kStates);
  filter.status = read_word(query, "status", kStatuses);
  filter.language = query.text("language").value_or("");
  filter.label = query.text("label").value_or("");
  filter.limit = static_cast<std::uint32_t>(query.whole("limit", 1, kMaxPageJobs).value_or(50));
  filter.cursor = query.text("cursor").value_or("");
  if (auto problem = query.finish()) return tl::unexpected(std::move(*problem));
  return filter;
}

std::size_t output_bytes(const JobView& job) {
  std::size_t total = 0;
  const auto add = [&](const StepReport& step) {
    total += step.out.bytes.size() + step.err.bytes.size();
  };
  if (job.compile) add(*job.compile);
  for (const auto& run : job.runs) add(run);
  for (const auto& file : job.artifacts) total += file.content ? file.content->size() : 0;
  return total;
}

// How many of the jobs fit into one answer; at least one, or the client would never get on.
std::size_t jobs_that_fit(const std::vector<JobView>& jobs) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    total += output_bytes(jobs[i]);
    if (i > 0 && total > kMaxPageBytes) return i;
  }
  return jobs.size();
}

}  // namespace

http::Reply get_job(Context& context, const http::Request& request) {
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  if (auto problem = check_owner(context, request)) return std::move(*problem);
  const auto job = context.service.get(request.parameter);
  if (!job) return http::problem_of(job.error());
  return http::Response{
      .body = dto::dump(dto::to_json_value(*job)), .headers = {}, .job = request.parameter};
}

http::Reply list_jobs(Context& context, const http::Request& request) {
  auto filter = read_filter(request);
  if (!filter) return std::move(filter).error();
  auto page = context.service.list(*filter);
  if (page) {
    if (const auto fit = jobs_that_fit(page->jobs); fit < page->jobs.size()) {
      filter->limit = static_cast<std::uint32_t>(fit);
      page = context.service.list(*filter);
    }
  }
  if (!page) return http::problem_of(page.error());
  nlohmann::ordered_json body{{"jobs", nlohmann::ordered_json::array()}};
  for (const auto& job : page->jobs) body["jobs"].push_back(dto::to_json_value(job));
  body["next_cursor"] = page->next_cursor ? nlohmann::ordered_json(*page->next_cursor)
                                          : nlohmann::ordered_json(nullptr);
  return http::Response{.body = dto::dump(body), .headers = {}, .job = {}};
}

http::Reply delete_job(Context& context, const http::Request& request) {
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  if (auto problem = check_owner(context, request)) return std::move(*problem);
  const auto done = context.service.forget(request.parameter);
  if (!done) return http::problem_of(done.error());
  return http::Response{.status = 204, .body = {}, .headers = {}, .job = request.parameter};
}

}  // namespace cex::api
