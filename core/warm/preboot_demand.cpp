// SPDX-License-Identifier: Apache-2.0
#include "core/warm/preboot_demand.hpp"

#include <algorithm>

namespace cex::warm {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMaxKinds = 64;
// What was asked for once may never be asked for again: a program with arguments of its own.
constexpr std::uint32_t kAsksToStart = 2;
constexpr seconds kShrinkAfter{60};
constexpr seconds kFirstRetry{1};
constexpr std::uint32_t kMaxBackoff = 8;  // doublings

}  // namespace

void PrebootDemand::seed(const std::string& key, bool wanted, Time now) {
  if (!wanted) {
    const auto found = kinds_.find(key);
    if (found != kinds_.end()) found->second.seeded = false;
    return;
  }
  Kind& kind = kinds_[key];
  if (kind.seeded) return;
  kind.seeded = true;
  kind.target = std::max(kind.target, 1U);
  kind.shrink_at = now + kShrinkAfter;
}

void PrebootDemand::asked(const std::string& key, bool served, Time now) {
  if (!knows(key) && kinds_.size() >= kMaxKinds) forget_the_coldest();
  Kind& kind = kinds_[key];
  ++kind.asks;
  kind.last_asked = now;
  kind.shrink_at = now + kShrinkAfter;
  if (served || (!kind.seeded && kind.asks < kAsksToStart)) return;
  kind.target = std::min(kind.target + 1, most_);
}

void PrebootDemand::came(const std::string& key) {
  Kind& kind = kinds_[key];
  kind.failures = 0;
  ++kind.waiting;
  ++waiting_;
}

void PrebootDemand::went(const std::string& key) {
  Kind& kind = kinds_[key];
  --kind.waiting;
  --waiting_;
}

void PrebootDemand::failed(const std::string& key, Time now) {
  Kind& kind = kinds_[key];
  kind.retry_at = now + kFirstRetry * (1U << std::min(kind.failures, kMaxBackoff));
  ++kind.failures;
}

void PrebootDemand::calm_down(Kind& kind, Time now) const {
  while (kind.target > 0 && kind.shrink_at <= now) {
    const std::uint32_t least = kind.seeded ? 1 : 0;
    kind.target = std::max(kind.target / 2, least);
    if (kind.target == least) break;
    kind.shrink_at += kShrinkAfter;
  }
}

std::optional<std::string> PrebootDemand::next(Time now) {
  const std::pair<const std::string, Kind>* best = nullptr;
  for (auto& entry : kinds_) {
    Kind& kind = entry.second;
    calm_down(kind, now);
    if (kind.waiting >= kind.target || kind.retry_at > now) continue;
    // One of each first, then who was asked for last.
    const auto better = [&] {
      if ((kind.waiting == 0) != (best->second.waiting == 0)) return kind.waiting == 0;
      return kind.last_asked > best->second.last_asked;
    };
    if (best == nullptr || better()) best = &entry;
  }
  if (best == nullptr || waiting_ >= most_) return std::nullopt;
  return best->first;
}

std::optional<std::string> PrebootDemand::surplus(Time now) {
  const std::pair<const std::string, Kind>* coldest = nullptr;
  bool starving = false;
  Time asked_for{};
  for (auto& entry : kinds_) {
    Kind& kind = entry.second;
    calm_down(kind, now);
    if (kind.waiting > kind.target) return entry.first;
    if (kind.waiting == 0 && kind.target > 0 && kind.retry_at <= now) {
      starving = true;
      asked_for = std::max(asked_for, kind.last_asked);
    }
    if (kind.waiting > 0 && (coldest == nullptr || kind.last_asked < coldest->second.last_asked)) {
      coldest = &entry;
    }
  }
  const bool room_is_needed =
      starving && waiting_ >= most_ && coldest != nullptr && coldest->second.last_asked < asked_for;
  return room_is_needed ? std::optional{coldest->first} : std::nullopt;
}

std::uint32_t PrebootDemand::target(const std::string& key) const {
  const auto found = kinds_.find(key);
  return found == kinds_.end() ? 0 : found->second.target;
}

void PrebootDemand::forget_the_coldest() {
  auto coldest = kinds_.end();
  for (auto at = kinds_.begin(); at != kinds_.end(); ++at) {
    if (at->second.seeded || at->second.waiting > 0) continue;
    if (coldest == kinds_.end() || at->second.last_asked < coldest->second.last_asked) coldest = at;
  }
  if (coldest != kinds_.end()) kinds_.erase(coldest);
}

}  // namespace cex::warm
