// SPDX-License-Identifier: Apache-2.0
#include "core/engine/shared_store.hpp"

#include <algorithm>

#include "core/base/ids.hpp"
#include "core/base/log.hpp"

namespace cex::engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kKeyHold{30'000};      // the longest that a submission takes
constexpr milliseconds kKeyPatience{20'000};  // with somebody else's
constexpr milliseconds kKeyPause{20};

cluster::TenantRow row_of(const std::string& tenant, const FairQueue::ShareOf& share_of) {
  const Share share = share_of ? share_of(tenant) : Share{};
  return {tenant, share.weight, share.max_running, share.max_waiting};
}

}  // namespace

ClusterLink::ClusterLink(std::unique_ptr<cluster::RedisClient> opened)
    : node{random_hex(8)}, client{std::move(opened)}, jobs{*client, node}, nodes{*client, node} {}

SharedStore::SharedStore(std::shared_ptr<ClusterLink> link, Settings settings)
    : link_{std::move(link)},
      settings_{std::move(settings)},
      bounds_{settings_.queue, settings_.results},
      watches_{link_->jobs},
      offer_{std::make_shared<const Offer>(settings_.offer)},
      up_since_{Clock::now()} {
  link_->client->when_up([this] {
    const std::lock_guard lock{mutex_};
    up_since_ = Clock::now();
    announced_ = false;
    beat_now_ = true;
    house_changed_.notify_all();
  });
  link_->client->start();
  beat();
  sender_ = std::thread{[this] { send_events(); }};
  heart_ = std::thread{[this] { beat_regularly(); }};
  guard_ = std::thread{[this] { guard_leases(); }};
  news_ = std::make_unique<cluster::News>(
      *link_->client, link_->node,
      cluster::News::Listener{.waits =
                                  [this](const std::string& lane) {
                                    const auto offer = offered();
                                    if (std::ranges::find(offer->lanes, lane) != offer->lanes.end())
                                      jobs_may_wait();
                                  },
                              .events = [this](const std::string& id) { watches_.notify(id); },
                              .cancel =
                                  [this](const std::string& id) {
                                    if (const auto number = runs_.attempt_at(id)) {
                                      stop_attempt({id, *number}, StopReason::cancelled);
                                    }
                                  },
                              .missed =
                                  [this] {
                                    watches_.notify_all();
                                    jobs_may_wait();
                                  }});
}

SharedStore::~SharedStore() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  house_changed_.notify_all();
  waiting_changed_.notify_all();
  runs_.wake();
  news_.reset();
  sender_.join();
  heart_.join();
  guard_.join();
  if (link_->client->up()) static_cast<void>(link_->nodes.leave());
  link_->client->stop();
}

Result<std::optional<std::vector<std::string>>> SharedStore::reserve(
    const std::string& tenant, const IdempotencyKey& idempotency) {
  const std::string token = random_hex(16);
  const auto until = Clock::now() + kKeyPatience;
  while (true) {
    CEX_TRY(auto state, link_->jobs.reserve(tenant, idempotency.key, token, kKeyHold));
    switch (state.kind) {
      case cluster::KeyState::Kind::reserved: {
        const std::lock_guard lock{mutex_};
        held_keys_.insert_or_assign({tenant, idempotency.key}, token);
        return std::nullopt;
      }
      case cluster::KeyState::Kind::used:
        if (state.body_sha256 != idempotency.body_sha256) {
          return fail(Errc::conflict,
                      "this Idempotency-Key was used for another request; take a new one");
        }
        return std::move(state.jobs);
      case cluster::KeyState::Kind::busy:
        break;
    }
    if (Clock::now() >= until) {
      return fail(Errc::not_ready,
                  "another request with this Idempotency-Key is being dealt with; try again");
    }
    std::this_thread::sleep_for(kKeyPause);
  }
}

void SharedStore::release(const std::string& tenant, const IdempotencyKey& idempotency) {
  std::string token;
  {
    const std::lock_guard lock{mutex_};
    const auto held = held_keys_.find({tenant, idempotency.key});
    if (held == held_keys_.end()) return;  // a job was made with it
    token = std::move(held->second);
    held_keys_.erase(held);
  }
  // Where it does not get there the key is free again after kKeyHold.
  static_cast<void>(link_->jobs.release(tenant, idempotency.key, token));
}

Result<void> SharedStore::enqueue(std::vector<NewJob> jobs,
                                  std::optional<IdempotencyKey> idempotency) {
  const std::string tenant = jobs.front().view.tenant;
  std::optional<cluster::HeldKey> key;
  if (idempotency) {
    const std::lock_guard lock{mutex_};
    const auto held = held_keys_.find({tenant, idempotency->key});
    key = {*idempotency, held == held_keys_.end() ? std::string{} : held->second, jobs.front().ttl};
  }
  std::vector<cluster::NewRow> rows;
  for (NewJob& job : jobs) {
    cluster::NewRow row{.id = job.view.id,
                        .language = job.view.language_id,
                        .lane = cluster::JobTable::lane_of(job.view.language_id,
                                                           job.record.toolchain, job.view.version),
                        .priority = job.request.priority,
                        .start_within = {},
                        .ttl = job.ttl,
                        .labels = job.view.labels,
                        .head = {},
                        .request = std::move(job.request),
                        .callback = job.view.callback};
    if (job.deadline) {
      row.start_within =
          std::max(milliseconds{1},
                   std::chrono::duration_cast<milliseconds>(*job.deadline - job.view.created_at));
    }
    row.head = {std::move(job.context), std::move(job.view), std::move(job.record), job.ttl};
    rows.push_back(std::move(row));
  }
  const Bounds most = bounds();
  auto done = link_->jobs.enqueue(row_of(tenant, settings_.tenant_share),
                                  {most.queue.max_jobs, most.queue.max_bytes}, rows, key);
  if (!done) {
    if (done.error().code == Errc::queue_full) done.error().retry_after_s = retry_after();
    return done;
  }
  if (idempotency) {
    const std::lock_guard lock{mutex_};
    held_keys_.erase({tenant, idempotency->key});
  }
  return {};
}

Result<std::optional<AuditRecord>> SharedStore::cancel_queued(const std::string& id,
                                                              std::optional<std::string> message) {
  CEX_TRY(auto head, link_->jobs.waiting(id));
  if (!head) return std::nullopt;
  JobView& view = head->view;
  view.state = JobState::cancelled;
  view.status = Verdict::cancelled;
  view.finished_at = std::chrono::system_clock::now();
  view.queued_for = *view.finished_at - view.created_at;
  view.message = std::move(message);
  CEX_TRY(const bool done, link_->jobs.cancel_queued(id, view, kBytesOfJob + size_of(view)));
  if (!done) return std::nullopt;
  return std::move(head->record);
}

Result<void> SharedStore::forget(const std::string& id) {
  return link_->jobs.forget(id);
}

}  // namespace cex::engine
