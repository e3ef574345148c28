// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/config/config.hpp"
#include "core/engine/language_source.hpp"
#include "core/engine/preboot_source.hpp"
#include "core/model/language_info.hpp"
#include "core/supervise/cancel_token.hpp"
#include "core/warm/preboot_demand.hpp"

namespace cex::engine {

/// Does any language want programs started ahead?
[[nodiscard]] bool any_preboots(const config::Config& config);

/// Starts programs ahead of their jobs and keeps them until one comes: those that each language's
/// hello would use, and those that jobs asked for more than once. One thread of its own; jobs never
/// wait for it.
class Prebooter final : public PrebootSource {
 public:
  /// `languages`: those of this node; borrowed, as all of these.
  Prebooter(const LanguageSource& languages, const config::Config& config, BoxRunner& runner,
            LayerSource& layers);
  ~Prebooter() override;
  Prebooter(const Prebooter&) = delete;
  Prebooter& operator=(const Prebooter&) = delete;

  [[nodiscard]] std::unique_ptr<BootedBox> take(const Choice& choice, const SandboxPlan& plan,
                                                const LayerSet& layers) override;

  /// Other plugins or toolchains: what only those of before used is dropped as it falls out of use.
  void languages_changed();

  [[nodiscard]] std::uint32_t waiting() const;
  /// For `/v1/languages`.
  [[nodiscard]] std::vector<LanguageInfo::Preboot> preboots(const std::string& language) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    std::unique_ptr<BootedBox> box;
    Clock::time_point since;
  };
  struct Kind {
    std::string language;
    std::string toolchain;
    SandboxPlan plan;  // as it is started
    LayerSet layers;   // stay as long as something may be started from them
    std::deque<Waiting> waiting;
    std::uint64_t bytes{0};  // that one of them held last
    std::string reason;      // why the last one failed
  };
  using Boxes = std::vector<std::unique_ptr<BootedBox>>;

  void work();
  void boot(const std::string& key);
  [[nodiscard]] bool is_asked_to_seed();
  void seed();
  void seed_language(const Choice& choice, std::map<std::string, Kind>& seeds) const;
  /// What is dead, old or too much; to be dropped without the lock, since that takes a while.
  [[nodiscard]] Boxes sort_out();
  [[nodiscard]] std::uint64_t bytes() const;
  [[nodiscard]] static std::uint64_t bytes_of(const Kind& kind);
  [[nodiscard]] Kind make_kind(const Choice& choice, const SandboxPlan& plan,
                               const LayerSet& layers) const;

  const LanguageSource& languages_;
  const config::Config& config_;
  BoxRunner& runner_;
  LayerSource& layers_;
  supervise::CancelToken stop_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  warm::PrebootDemand demand_;
  std::map<std::string, Kind> kinds_;  // by key
  std::vector<std::string> seeds_;
  bool news_{false};
  bool seed_now_{true};
  bool stopping_{false};
  std::thread thread_;
};

}  // namespace cex::engine
