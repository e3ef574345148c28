// SPDX-License-Identifier: Apache-2.0
// Callbacks of finished jobs, which any node that delivers takes from all.
#include <algorithm>
#include <cstdint>

#include "core/engine/shared_store.hpp"

namespace cex::engine {

using std::chrono::milliseconds;

Result<std::optional<Callback>> SharedStore::next_callback(WallTime /*now*/,
                                                           const CallbackBusy& busy) {
  // What is out of reach is nothing to complain of four times a second: /readyz does.
  if (!link_->client->up()) return std::nullopt;
  return link_->jobs.take_callback(settings_.callback_lease, busy);
}

Result<void> SharedStore::callback_done(const std::string& job) {
  return link_->jobs.callback_done(job);
}

Result<void> SharedStore::callback_again(const std::string& job, std::uint32_t tries,
                                         WallTime again) {
  const auto delay = std::chrono::ceil<milliseconds>(again - std::chrono::system_clock::now());
  return link_->jobs.callback_again(job, tries, std::max(milliseconds{0}, delay));
}

Result<std::uint64_t> SharedStore::callbacks_waiting() {
  return link_->jobs.callbacks();
}

}  // namespace cex::engine
