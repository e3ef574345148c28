// SPDX-License-Identifier: Apache-2.0
// How the shared store answers questions.
#include <cstdint>
#include <utility>

#include "core/engine/shared_store.hpp"

namespace cex::engine {

Result<std::string> SharedStore::owner(const std::string& id) const {
  return link_->jobs.owner(id);
}

Result<JobView> SharedStore::get(const std::string& id) const {
  return link_->jobs.get(id);
}

Result<JobPage> SharedStore::list(const JobFilter& filter) const {
  return link_->jobs.list(filter);
}

Result<EventPage> SharedStore::events(const std::string& id, std::uint64_t after) const {
  CEX_TRY(auto read, link_->jobs.events(id, after));
  return EventPage{std::move(read.events), read.ended && read.whole};
}

Result<std::unique_ptr<Watch>> SharedStore::watch(const std::string& id, Watched what,
                                                  std::function<void()> notify) {
  return watches_.add(id, what, std::move(notify));
}

std::vector<std::string> SharedStore::overdue(WallTime /*now*/) const {
  return link_->jobs.overdue().value_or(std::vector<std::string>{});
}

HealthCheck SharedStore::check() const {
  using State = HealthCheck::State;
  const std::string remark = link_->client->remark();
  if (!link_->client->up()) {
    return {"queue", State::failed, remark,
            "see queue.redis in the configuration, and that server"};
  }
  const std::string refusal = [this] {
    const std::lock_guard lock{mutex_};
    return refusal_;
  }();
  if (!refusal.empty()) {
    return {"queue", State::failed, "Redis answers, and takes nothing: " + refusal,
            "see its memory, its disk and its replicas"};
  }
  const std::string waiting = std::to_string(queued()) + " waiting";
  if (remark.empty()) return {"queue", State::ok, waiting, {}};
  return {"queue", State::degraded, waiting + "; " + remark, "docs/scaling.md tells what it needs"};
}

std::optional<ClusterStatus> SharedStore::cluster() const {
  return ClusterStatus{link_->client->up(), redelivered_, given_up_, lost_};
}

std::uint32_t SharedStore::queued() const {
  return static_cast<std::uint32_t>(depth().jobs);
}

std::uint64_t SharedStore::queued_bytes() const {
  return depth().bytes;
}

// As last heard while Redis cannot be asked.
cluster::Depth SharedStore::depth() const {
  if (const auto now = link_->jobs.depth()) return *now;
  const std::lock_guard lock{mutex_};
  return {pulse_.waiting, pulse_.waiting_bytes};
}

}  // namespace cex::engine
