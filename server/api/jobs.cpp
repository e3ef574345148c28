// SPDX-License-Identifier: Apache-2.0
#include "server/api/jobs.hpp"

#include <array>

#include <nlohmann/json.hpp>

#include "core/base/ids.hpp"
#include "server/api/query_reader.hpp"
#include "server/dto/job_request.hpp"
#include "server/dto/job_view.hpp"

namespace cex::api {
namespace {

using http::Problem;
using http::ProblemKind;

constexpr std::uint64_t kMaxWaitSeconds = 60;
constexpr std::uint64_t kDefaultWaitSeconds = 30;
constexpr std::uint64_t kMaxPageJobs = 200;
constexpr std::size_t kMaxPageBytes = std::size_t{8} << 20U;

enum class Manner : std::uint8_t { at_once, wait, stream };

struct Delivery {
  Manner manner{Manner::at_once};
  std::chrono::seconds wait{0};
  hub::OnDisconnect on_disconnect{hub::OnDisconnect::cancel};
};

tl::expected<Delivery, Problem> read_delivery(const http::Request& request) {
  QueryReader query{request};
  Delivery delivery;
  const auto wait = query.whole("wait", 0, kMaxWaitSeconds, kDefaultWaitSeconds);
  const bool accepts_events =
      request.header("accept").value_or("").find("text/event-stream") != std::string_view::npos;
  const bool stream = query.flag("stream") || accepts_events;
  const bool detach = query.flag("detach");
  if (stream && wait) query.add("wait", "cannot be combined with a stream");
  if (detach && !stream) query.add("detach", "only means something together with stream=1");
  if (auto problem = query.finish()) return tl::unexpected(std::move(*problem));
  if (stream) delivery.manner = Manner::stream;
  if (wait.value_or(0) > 0) delivery.manner = Manner::wait;
  delivery.wait = std::chrono::seconds{wait.value_or(0)};
  if (detach) delivery.on_disconnect = hub::OnDisconnect::keep;
  return delivery;
}

Problem no_such_job() {
  return {.kind = ProblemKind::not_found, .detail = "no such job, or its result has expired"};
}

http::Reply accepted(Context& context, const std::string& id) {
  const auto job = context.service.get(id);
  if (!job) return http::problem_of(job.error());
  return http::Response{.status = 202,
                        .body = dto::dump(dto::to_json_value(*job)),
                        .headers = {{"Location", "/v1/jobs/" + id}},
                        .job = id};
}

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

tl::expected<engine::JobFilter, Problem> read_filter(const http::Request& request) {
  constexpr std::array kStates{JobState::queued, JobState::running, JobState::finished,
                               JobState::cancelled};
  constexpr std::array kStatuses{
      Verdict::ok,           Verdict::compile_error, Verdict::runtime_error, Verdict::time_limit,
      Verdict::memory_limit, Verdict::output_limit,  Verdict::process_limit, Verdict::disk_limit,
      Verdict::wrong_answer, Verdict::cancelled,     Verdict::internal_error};
  QueryReader query{request};
  engine::JobFilter filter;
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

http::Reply create_job(Context& context, const http::Request& request) {
  if (context.draining) {
    return Problem{.kind = ProblemKind::draining,
                   .detail = "the server is shutting down and takes no new jobs",
                   .errors = {},
                   .headers = {{"Retry-After", "5"}},
                   .hidden = {}};
  }
  auto delivery = read_delivery(request);
  if (!delivery) return std::move(delivery).error();
  if (delivery->manner == Manner::stream && !context.hub.has_room()) {
    return Problem{.kind = ProblemKind::rate_limited,
                   .detail = "too many open streams; use wait=, or ask again later",
                   .errors = {},
                   .headers = {{"Retry-After", "1"}},
                   .hidden = {}};
  }
  auto job = dto::parse_job_request(request.body);
  if (!job) return std::move(job).error();
  auto id = context.service.submit(*std::move(job), request.context);
  if (!id) return http::problem_of(id.error());

  hub::Follow follow{.job = *id, .context = request.context};
  if (delivery->manner == Manner::at_once || !context.hub.has_room()) return accepted(context, *id);
  if (delivery->manner == Manner::stream) {
    follow.on_disconnect = delivery->on_disconnect;
    return http::Handover{[&hub = context.hub, follow](http::Connection connection) {
      hub.stream(std::move(connection), follow);
    }};
  }
  const auto deadline = hub::Hub::Clock::now() + delivery->wait;
  return http::Handover{[&hub = context.hub, follow, deadline](http::Connection connection) {
    hub.await(std::move(connection), follow, deadline);
  }};
}

http::Reply get_job(Context& context, const http::Request& request) {
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  if (!is_job_id(request.parameter)) return no_such_job();
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
  if (!is_job_id(request.parameter)) return no_such_job();
  const auto done = context.service.forget(request.parameter);
  if (!done) return http::problem_of(done.error());
  return http::Response{.status = 204, .body = {}, .headers = {}, .job = request.parameter};
}

}  // namespace cex::api
