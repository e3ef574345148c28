// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/cluster/announcement.hpp"
#include "core/config/config.hpp"
#include "core/engine/language_source.hpp"
#include "core/engine/shared_store.hpp"

namespace cex::engine {

/// What a worker tells the others of its languages.
[[nodiscard]] cluster::Announcement announcement_of(const Catalogue& catalogue);
/// The lanes of the store that a worker with these can serve.
[[nodiscard]] std::vector<std::string> lanes_of(const cluster::Announcement& announcement);

/// The languages of all live workers. One that several announce comes from the newest plugin, with
/// the toolchains of all of them; the default is that of the worker whose announcement comes first.
class ClusterLanguages final : public LanguageSource {
 public:
  /// Called with what this node is to tell the others when that has changed.
  using Announce = std::function<void(const cluster::Announcement&)>;
  /// `own`: the languages of this node, whose plugins can say early that a request is impossible;
  /// `works`: it runs jobs, and so announces them.
  ClusterLanguages(std::shared_ptr<ClusterLink> link, config::Config config,
                   std::shared_ptr<const LanguageSource> own, bool works, Announce announce);
  [[nodiscard]] std::shared_ptr<const Catalogue> current() const override;
  [[nodiscard]] bool is_settled() const override { return settled_; }
  void refresh() override;

 private:
  struct Heard {
    cluster::Announcement words;
    std::chrono::steady_clock::time_point at;  ///< when it was last said
  };
  void rebuild();
  [[nodiscard]] bool hear_own();
  struct Hearing {
    bool changed{false};
    bool all{false};  ///< every node was heard
  };
  [[nodiscard]] Hearing hear_others();

  const std::shared_ptr<ClusterLink> link_;
  const config::Config config_;
  const std::shared_ptr<const LanguageSource> own_;
  const bool works_;
  const Announce announce_;
  // For refresh(), which one thread calls:
  std::shared_ptr<const Catalogue> own_catalogue_;
  cluster::Announcement own_words_;
  std::map<std::string, Heard> heard_;  ///< by name
  std::atomic<bool> settled_{false};    ///< the other nodes were heard once
  mutable std::mutex mutex_;
  std::shared_ptr<const Catalogue> current_;
};

}  // namespace cex::engine
