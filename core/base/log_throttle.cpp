// SPDX-License-Identifier: Apache-2.0
#include "core/base/log_throttle.hpp"

#include <utility>

namespace cex::log {

std::optional<std::uint64_t> Throttle::ask(std::string_view message, Time now) {
  const std::lock_guard lock{mutex_};
  auto found = entries_.find(message);
  if (found == entries_.end()) {
    // Messages are constants of ours, so this many means that one is not: better told than kept.
    if (entries_.size() >= kMaxMessages) return 0;
    found = entries_.emplace(std::string{message}, Entry{.since = now}).first;
  }
  Entry& entry = found->second;
  if (now - entry.since >= kWindow) {
    entry.since = now;
    entry.written = 0;
  }
  if (entry.written >= kBurst) {
    ++entry.quiet;
    return std::nullopt;
  }
  ++entry.written;
  return std::exchange(entry.quiet, 0);
}

}  // namespace cex::log
