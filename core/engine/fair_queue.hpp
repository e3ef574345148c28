// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cex::engine {

/// What may run of one tenant or one language.
struct Share {
  double weight{1};  ///< of a tenant, against the others'
  std::uint32_t max_running{UINT32_MAX};
  std::uint32_t max_waiting{UINT32_MAX};
};

/// A waiting job, as far as its turn depends on it.
struct Turn {
  std::uint64_t number{0};  ///< unique; the older goes first
  std::string tenant;
  std::string language;
  std::uint32_t priority{5};  ///< 0 to 9, 9 first; within the tenant only
  double charged_seconds{0};  ///< set by take(): what the tenant paid ahead
};

/// Who is next. Tenants share the slots' time by their weights, whatever number of jobs each has
/// waiting (start-time fair queueing: each tenant has a clock that runs by the time its jobs used,
/// divided by its weight, and the one that is furthest behind goes next); within a tenant the
/// highest priority, then the oldest. Adding, taking and removing cost the logarithm of the number
/// waiting. Not thread-safe.
class FairQueue {
 public:
  using ShareOf = std::function<Share(const std::string&)>;
  FairQueue(ShareOf tenant, ShareOf language)
      : tenant_share_{std::move(tenant)}, language_share_{std::move(language)} {}

  void add(const Turn& turn);
  /// Empty if nothing waits, or if all that waits is of tenants or languages that run as much as
  /// they may. The job counts as running until done().
  [[nodiscard]] std::optional<Turn> take();
  /// A job that take() gave out has ended after `used` on its slot.
  void done(const Turn& turn, std::chrono::nanoseconds used);
  /// False if it does not wait.
  bool remove(const Turn& turn);
  /// Whether take() would give it out, were it the only one that waits.
  [[nodiscard]] bool may_run(const Turn& turn) const;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t waiting_of(const std::string& tenant) const;

 private:
  /// Orders the highest priority first, then the oldest.
  using Place = std::pair<std::uint32_t, std::uint64_t>;
  using Lane = std::map<Place, Turn>;

  struct Tenant {
    double clock{0};          ///< seconds of slot time, by weight
    double usual_seconds{0};  ///< what its last jobs took
    std::uint32_t running{0};
    std::size_t waiting{0};
    std::map<std::string, Lane> lanes;  ///< by language; none is empty
  };

  [[nodiscard]] bool has_room(const std::string& language) const;
  [[nodiscard]] static Place place_of(const Turn& turn);
  [[nodiscard]] const Turn* next_of(const Tenant& tenant) const;
  bool take_out(Tenant& tenant, const Turn& turn);
  void forget_idle(const std::string& name);

  ShareOf tenant_share_;
  ShareOf language_share_;
  std::map<std::string, Tenant> tenants_;  ///< those with jobs waiting or running
  std::map<std::string, std::uint32_t> languages_running_;
  std::size_t size_{0};
  double now_{0};  ///< the clock of the tenant served last: where a new one begins
};

}  // namespace cex::engine
