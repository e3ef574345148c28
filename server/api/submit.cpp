// SPDX-License-Identifier: Apache-2.0
#include "server/api/submit.hpp"

#include <algorithm>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "server/api/query_reader.hpp"
#include "server/api/streams.hpp"
#include "server/dto/job_request.hpp"
#include "server/dto/job_view.hpp"

namespace cex::api {
namespace {

using http::Problem;
using http::ProblemKind;

constexpr std::uint64_t kMaxWaitSeconds = 60;
constexpr std::uint64_t kDefaultWaitSeconds = 30;
constexpr std::size_t kMaxKeyBytes = 255;

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

tl::expected<std::optional<IdempotencyKey>, Problem> read_key(const http::Request& request) {
  const auto given = request.header("idempotency-key");
  if (!given) return std::nullopt;
  const bool plain = !given->empty() && given->size() <= kMaxKeyBytes &&
                     std::all_of(given->begin(), given->end(),
                                 [](unsigned char c) { return c > 0x20U && c < 0x7FU; });
  if (!plain) {
    return tl::unexpected(Problem{
        .kind = ProblemKind::invalid_request,
        .detail = "Idempotency-Key must be 1-255 printable ASCII characters without space"});
  }
  return IdempotencyKey{.key = std::string{*given},
                        .body_sha256 = sha256_hex(request.path + "\n" + request.body)};
}

std::optional<Problem> refuse_while_draining(const Context& context) {
  if (!context.draining) return std::nullopt;
  return Problem{.kind = ProblemKind::draining,
                 .detail = "the server is shutting down and takes no new jobs",
                 .errors = {},
                 .headers = {{"Retry-After", "5"}},
                 .hidden = {}};
}

// Before the engine sees the job; what it keeps is the address as it was understood here.
Result<void> check_callbacks(const Context& context, const http::Request& request,
                             std::vector<JobRequest>& jobs, bool batch) {
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    auto& callback = jobs[i].callback;
    if (!callback) continue;
    auto url = context.webhooks->check(request.context.tenant, callback->url);
    if (!url) {
      Error error = std::move(url).error();
      if (batch) error.pointer.insert(0, "/jobs/" + std::to_string(i));
      return tl::unexpected(std::move(error));
    }
    callback = CallbackAddress{url->text(), to_string(url->destination)};
  }
  return {};
}

tl::expected<engine::Submitted, Problem> submit(Context& context, const http::Request& request,
                                                std::vector<JobRequest> jobs, bool batch) {
  auto key = read_key(request);
  if (!key) return tl::unexpected(std::move(key).error());
  if (const auto good = check_callbacks(context, request, jobs, batch); !good) {
    context.service.metrics().job_refused(to_string(good.error().code));
    return tl::unexpected(http::problem_of(good.error()));
  }
  auto submitted = context.service.submit({.jobs = std::move(jobs),
                                           .batch = batch,
                                           .context = request.context,
                                           .idempotency = *std::move(key)});
  if (!submitted) return tl::unexpected(http::problem_of(submitted.error()));
  return *std::move(submitted);
}

http::Pairs headers_of(const engine::Submitted& submitted) {
  if (!submitted.replayed) return {};
  return {{"Idempotency-Replayed", "true"}};
}

http::Reply accepted(Context& context, const engine::Submitted& submitted) {
  const std::string& id = submitted.ids.front();
  const auto job = context.service.get(id);
  if (!job) return http::problem_of(job.error());
  auto headers = headers_of(submitted);
  headers.emplace_back("Location", "/v1/jobs/" + id);
  return http::Response{.status = 202,
                        .body = dto::dump(dto::to_json_value(*job)),
                        .headers = std::move(headers),
                        .job = id};
}

}  // namespace

http::Reply create_job(Context& context, const http::Request& request) {
  if (auto problem = refuse_while_draining(context)) return std::move(*problem);
  auto delivery = read_delivery(request);
  if (!delivery) return std::move(delivery).error();
  if (delivery->manner == Manner::stream) {
    if (auto problem = check_room(context, "use wait=, or ask again later")) {
      return std::move(*problem);
    }
  }
  auto job = dto::parse_job_request(request.body);
  if (!job) return std::move(job).error();
  std::vector<JobRequest> jobs;
  jobs.push_back(*std::move(job));
  auto submitted = submit(context, request, std::move(jobs), false);
  if (!submitted) return std::move(submitted).error();

  hub::Follow follow{.job = submitted->ids.front(), .context = request.context};
  if (delivery->manner == Manner::at_once || !context.hub.has_room()) {
    return accepted(context, *submitted);
  }
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

http::Reply create_jobs(Context& context, const http::Request& request) {
  if (auto problem = refuse_while_draining(context)) return std::move(*problem);
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  auto jobs = dto::parse_job_batch(request.body);
  if (!jobs) return std::move(jobs).error();
  auto submitted = submit(context, request, *std::move(jobs), true);
  if (!submitted) return std::move(submitted).error();
  nlohmann::ordered_json body{{"jobs", nlohmann::ordered_json::array()}};
  for (const auto& id : submitted->ids) {
    const auto job = context.service.get(id);
    if (!job) return http::problem_of(job.error());
    body["jobs"].push_back(dto::to_json_value(*job));
  }
  return http::Response{.status = 202,
                        .body = dto::dump(body),
                        .headers = headers_of(*submitted),
                        .job = submitted->ids.front()};
}

}  // namespace cex::api
