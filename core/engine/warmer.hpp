// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/config/config.hpp"
#include "core/engine/layer_builder.hpp"
#include "core/engine/layer_source.hpp"
#include "core/supervise/cancel_token.hpp"
#include "core/warm/layer_store.hpp"

namespace cex::engine {

/// Where a server keeps its layers.
[[nodiscard]] std::string layers_folder(const config::Config& config);
/// Does any language want layers?
[[nodiscard]] bool any_layers(const config::Config& config);

/// Keeps the layers that jobs can use: builds those of every language's default toolchain after the
/// start, others when a job's plan names them, and looks once a minute whether what they were made
/// of has changed. One thread of its own; jobs never wait for it.
class Warmer final : public LayerSource {
 public:
  Warmer(const Catalogue& catalogue, const config::Config& config, BoxRunner& runner,
         MemoryBudget& memory);
  ~Warmer() override;
  Warmer(const Warmer&) = delete;
  Warmer& operator=(const Warmer&) = delete;

  [[nodiscard]] LayerSet ready(const Choice& choice) override;
  void wanted(const Choice& choice, const std::vector<std::string>& options,
              const std::vector<std::string>& ids) override;

  /// Other plugins or toolchains: builds what they want, and lets go of what only others used.
  void languages_changed(const Catalogue& catalogue);

  /// For `/v1/languages`.
  [[nodiscard]] std::vector<LanguageInfo::Layer> layers(const std::string& language) const;
  /// For `/readyz`.
  [[nodiscard]] HealthCheck check() const;

 private:
  using Clock = std::chrono::steady_clock;
  enum class State : std::uint8_t { building, ready, failed };
  struct Task {
    Choice choice;
    std::vector<std::string> options;
    std::vector<std::string> ids;  // empty: whatever the plugin proposes
  };
  struct Known {
    State state{State::building};
    std::string name;  // in the store
    std::uint64_t bytes{0};
    std::string reason;
    Clock::time_point retry_at{};
    std::string stamp;  // of what it was made of
    std::vector<std::string> watched;
    Task task;
  };
  using Layers = std::map<std::string, Known>;  // by id

  // A toolchain of a language, as one version of a plugin uses it: another may put other things
  // under the same id of a layer.
  struct Subject {
    std::string language;
    std::string toolchain;
    std::string plugin_sha256;
    auto operator<=>(const Subject&) const = default;
  };
  [[nodiscard]] static Subject subject_of(const Choice& choice);
  void offer(const Catalogue& catalogue);          // under the lock, but for the constructor
  void want_defaults(const Catalogue& catalogue);  // the same
  void work();
  void build(const Task& task);
  void take_up(const Task& task, const policy::LayerPlan& plan);
  [[nodiscard]] Result<std::shared_ptr<const warm::Layer>> get(const Task& task,
                                                               const policy::LayerPlan& plan);
  void look_for_changes();
  void note_failure(const Task& task, const std::string& id, const std::string& why);
  // Under the lock; null for a toolchain or a plugin that was there before a change only: a job or
  // a build of before it must not bring its layers back.
  [[nodiscard]] Layers* layers_of(const Choice& choice);

  const config::Config& config_;
  warm::LayerStore store_;
  LayerBuilder builder_;
  supervise::CancelToken stop_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  std::map<Subject, Layers> subjects_;
  std::set<Subject> offered_;  // of the newest catalogue; layers of others are not kept
  bool stopping_{false};
  std::thread thread_;
};

}  // namespace cex::engine
