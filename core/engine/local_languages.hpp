// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/config/live.hpp"
#include "core/engine/language_source.hpp"
#include "core/engine/probe_cache.hpp"
#include "core/plugins/registry.hpp"

namespace cex::engine {

/// The languages of this machine: the plugins in their folders, and the toolchains that these find.
/// Looks every two seconds whether anything was installed, upgraded or removed, and makes a new
/// catalogue then; who has the old one keeps it, with the plugins in it. Thread-safe.
class LocalLanguages final : public LanguageSource {
 public:
  struct Sources {
    plugins::SearchOptions search;
    std::shared_ptr<config::Live> live;
    BoxRunner* runner{nullptr};  ///< borrowed; null: nothing is run here, toolchains are others'
    unsigned parallel{1};        ///< probes at a time
    std::string answers;         ///< the file of a ProbeCache
    Catalogue::Wanted wanted;    ///< plugins whose toolchains are of interest
  };
  /// Looks for toolchains at once. `registry`: what `sources.search` found.
  LocalLanguages(Sources sources, std::shared_ptr<const plugins::Registry> registry);
  ~LocalLanguages() override;
  LocalLanguages(const LocalLanguages&) = delete;
  LocalLanguages& operator=(const LocalLanguages&) = delete;

  [[nodiscard]] std::shared_ptr<const Catalogue> current() const override;
  void refresh() override {}  // has a thread for it: a probe may take seconds

  /// From now on changes are looked for; `changed` is called after each, on a thread of ours.
  void watch(std::function<void()> changed);
  /// Looks soon, whether anything seems to have changed or not.
  void look_now();
  /// No change is looked for any more; a probe that runs is ended. Does not wait.
  void halt();
  /// The same, and waits: `changed` is not called after this. A probe may wait for a slot.
  void stop();

 private:
  [[nodiscard]] std::shared_ptr<const Catalogue> discover(
      std::shared_ptr<const plugins::Registry> registry);
  [[nodiscard]] std::string stamp() const;
  void work();
  void renew();

  const Sources sources_;
  ProbeCache answers_;
  supervise::CancelToken cancel_;
  std::string made_from_;  ///< the stamp of what current_ shows; the thread's own
  std::function<void()> changed_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<const Catalogue> current_;
  bool asked_{false};
  bool stopping_{false};
  std::thread thread_;
};

}  // namespace cex::engine
