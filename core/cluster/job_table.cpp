// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/job_table.hpp"

#include <utility>

#include "core/base/text.hpp"
#include "core/cluster/stored_event.hpp"
#include "core/cluster/stored_job.hpp"

namespace cex::cluster {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kMaxAttempts = 1'000'000;
constexpr const char* kAdoptAtOnce = "32";
constexpr const char* kReapAtOnce = "200";

tl::unexpected<Error> attempt_over() {
  return fail(Errc::not_found, "this attempt at the job is over");
}

// A text in which a label can be looked for, by its name or with its value; see list.lua.
std::string flatten(const std::vector<std::pair<std::string, std::string>>& labels) {
  std::string text = "\x1f";
  for (const auto& [key, value] : labels) text += key + "\x1e" + value + "\x1f";
  return text;
}

Result<void> done_if(const Reply& reply) {
  if (reply.as_number() == 1U) return {};
  return attempt_over();
}

// {id, format, attempts, sequence, head, ...}
Result<Taken> read_taken(const Reply& row) {
  CEX_TRY(std::string id, read_id(row[0]));
  const auto attempts = row[2].as_number();
  if (!attempts || *attempts == 0 || *attempts > kMaxAttempts) return not_ours("a job's attempts");
  Taken taken{.id = std::move(id),
              .attempt = static_cast<std::uint32_t>(*attempts),
              .sequence = row[3].as_number().value_or(0),
              .started = {},
              .content = not_ours("a job"),
              .was_cancelled = false};
  auto head = read_head(row[1], row[4]);
  if (!head) {
    taken.content = tl::unexpected(std::move(head).error());
  } else {
    taken.content = Taken::Content{*std::move(head), {}};
  }
  return taken;
}

}  // namespace

std::string JobTable::lane_of(const std::string& language, const std::string& toolchain,
                              const std::string& version) {
  return language + "|" + toolchain + "|" + version;
}

Result<void> JobTable::enqueue(const TenantRow& tenant, const Bounds& bounds,
                               const std::vector<NewRow>& jobs, const std::optional<HeldKey>& key) {
  std::vector<std::string> words{tenant.name,
                                 std::to_string(tenant.weight),
                                 std::to_string(tenant.max_running),
                                 std::to_string(tenant.max_waiting),
                                 std::to_string(bounds.max_jobs),
                                 std::to_string(bounds.max_bytes),
                                 key ? key->idempotency.key : "",
                                 key ? key->token : "",
                                 key ? key->idempotency.body_sha256 : "",
                                 key ? std::to_string(key->ttl.count()) : ""};
  for (const NewRow& job : jobs) {
    words.push_back(job.id);
    words.push_back(job.language);
    words.push_back(job.lane);
    words.push_back(std::to_string(job.priority));
    words.push_back(job.start_within ? std::to_string(job.start_within->count()) : "");
    words.push_back(std::to_string(job.ttl.count()));
    words.push_back(flatten(job.labels));
    words.push_back(storage::encode(job.head));
    words.push_back(storage::encode(job.request));
    words.push_back(job.callback ? job.callback->url : "");
    words.push_back(job.callback ? job.callback->host : "");
  }
  CEX_TRY(const Reply answer, client_.run_safely(Script::enqueue, views_of(words)));
  const auto word = answer.as_text();
  if (word == "ok") return {};
  if (word == "full") return fail(Errc::queue_full, "the queue is full; try again later");
  if (word == "tenant_full") {
    return fail(Errc::queue_full, "as many of your jobs wait as may; try again later");
  }
  if (word == "key_lost") {
    return fail(Errc::not_ready,
                "the request took too long for its Idempotency-Key; send it again");
  }
  return not_ours("an answer");
}

Result<KeyState> JobTable::reserve(const std::string& tenant, const std::string& key,
                                   const std::string& token, milliseconds hold) {
  const std::string patience = std::to_string(hold.count());
  CEX_TRY(const Reply answer, client_.run(Script::reserve, {tenant, key, token, patience}));
  if (answer.as_text() == "new") return KeyState{};
  if (answer.as_text() == "busy") return KeyState{KeyState::Kind::busy, {}, {}};
  const auto body = answer[0].as_text();
  const auto ids = answer[1].as_text();
  if (!body || !ids) return not_ours("an idempotency key");
  KeyState state{KeyState::Kind::used, std::string{*body}, {}};
  for (const auto id : split(*ids, ',')) state.jobs.emplace_back(id);
  return state;
}

Result<void> JobTable::release(const std::string& tenant, const std::string& key,
                               const std::string& token) {
  CEX_CHECK(client_.run(Script::release, {tenant, key, token}));
  return {};
}

Result<std::optional<Taken>> JobTable::claim(const ClaimOrder& order) {
  std::vector<std::string> words{node_, order.token, std::to_string(order.lease.count()),
                                 std::to_string(order.lanes.size())};
  words.insert(words.end(), order.lanes.begin(), order.lanes.end());
  for (const auto& [language, most] : order.most) {
    words.push_back(language);
    words.push_back(std::to_string(most));
  }
  CEX_TRY(const Reply answer, client_.run(Script::claim, views_of(words)));
  if (answer.is_nil()) return std::nullopt;
  if (answer.items.size() == 1) return not_ours("a job that waited, and was thrown out,");
  CEX_TRY(Taken taken, read_taken(answer));
  const auto started = read_time_us(answer[6]);
  const auto bytes = answer[5].as_text();
  if (!taken.content) return taken;
  if (!started || !bytes) {
    taken.content = not_ours("a job");
    return taken;
  }
  taken.started = *started;
  auto request = storage::decode_request(*bytes);
  if (request) {
    taken.content->request = *std::move(request);
  } else {
    taken.content = tl::unexpected(std::move(request).error());
  }
  return taken;
}

Result<void> JobTable::append(const std::string& id, std::uint32_t attempt,
                              const std::vector<JobEvent>& events) {
  std::vector<std::string> words{id, std::to_string(attempt), node_};
  for (const JobEvent& event : events) add_words(words, event);
  CEX_TRY(const Reply answer, client_.run(Script::append, views_of(words)));
  return done_if(answer);
}

Result<void> JobTable::finish(const Ending& ending) {
  const bool cancelled = ending.view.state == JobState::cancelled;
  const auto status = ending.view.status.value_or(Verdict::internal_error);
  std::vector<std::string> words{ending.id,
                                 std::to_string(ending.attempt),
                                 node_,
                                 cancelled ? "cancelled" : "finished",
                                 std::to_string(static_cast<unsigned>(status)),
                                 storage::encode(ending.view),
                                 std::to_string(ending.bytes),
                                 ending.given_up};
  for (const JobEvent& event : ending.events) add_words(words, event);
  CEX_TRY(const Reply answer, client_.run_safely(Script::finish, views_of(words)));
  return done_if(answer);
}

Result<void> JobTable::put_back(const std::string& id, std::uint32_t attempt,
                                std::uint32_t attempts_that_count, milliseconds delay) {
  const std::string number = std::to_string(attempt);
  const std::string count = std::to_string(attempts_that_count);
  const std::string wait = std::to_string(delay.count());
  CEX_TRY(const Reply answer, client_.run(Script::put_back, {id, number, node_, count, wait}));
  return done_if(answer);
}

Result<bool> JobTable::cancel_queued(const std::string& id, const JobView& view,
                                     std::uint64_t bytes) {
  const std::string document = storage::encode(view);
  const std::string size = std::to_string(bytes);
  const std::string status = std::to_string(static_cast<unsigned>(Verdict::cancelled));
  CEX_TRY(const Reply answer,
          client_.run_safely(Script::cancel_queued, {id, document, size, status}));
  return answer.as_number() == 1U;
}

Result<std::optional<std::string>> JobTable::cancel_running(const std::string& id) {
  CEX_TRY(const Reply answer, client_.run(Script::cancel_running, {id}));
  if (answer.is_nil()) return std::nullopt;
  return answer.text;
}

Result<Orphans> JobTable::adopt(std::uint32_t max_attempts, milliseconds lease) {
  const std::string most = std::to_string(max_attempts);
  const std::string time = std::to_string(lease.count());
  CEX_TRY(const Reply answer, client_.run(Script::expired, {node_, most, time, kAdoptAtOnce}));
  Orphans orphans;
  orphans.waiting_again = answer[0].as_number().value_or(0);
  for (const Reply& row : answer[1].items) {
    CEX_TRY(Taken taken, read_taken(row));
    taken.was_cancelled = row[5].as_text() == "cancelled";
    orphans.to_end.push_back(std::move(taken));
  }
  return orphans;
}

Result<std::vector<std::string>> JobTable::overdue() {
  CEX_TRY(const Reply answer, client_.run(Script::overdue, {"100"}));
  std::vector<std::string> ids;
  for (const Reply& item : answer.items) {
    CEX_TRY(std::string id, read_id(item));
    ids.push_back(std::move(id));
  }
  return ids;
}

Result<std::uint64_t> JobTable::reap(const Bounds& bounds) {
  const std::string jobs = std::to_string(bounds.max_jobs);
  const std::string bytes = std::to_string(bounds.max_bytes);
  CEX_TRY(const Reply answer, client_.run(Script::reap, {jobs, bytes, kReapAtOnce}));
  return answer.as_number().value_or(0);
}

Result<void> JobTable::forget(const std::string& id) {
  CEX_TRY(const Reply answer, client_.run(Script::forget, {id}));
  if (answer.is_nil()) return fail(Errc::not_found, "there is no such job");
  if (answer.as_number() == 1U) return {};
  return fail(Errc::conflict, "the job has not ended");
}

}  // namespace cex::cluster
