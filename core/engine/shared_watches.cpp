// SPDX-License-Identifier: Apache-2.0
#include "core/engine/shared_watches.hpp"

#include <utility>
#include <vector>

#include "core/base/log.hpp"

namespace cex::engine {

Result<std::unique_ptr<Watch>> SharedWatches::add(const std::string& id, Watched what,
                                                  std::function<void()> notify) {
  std::shared_ptr<Watchers> watchers;
  {
    const std::lock_guard order{asking_};
    {
      const std::lock_guard lock{mutex_};
      const auto found = watched_.find(id);
      if (found != watched_.end()) watchers = found->second;
    }
    if (!watchers) {
      CEX_CHECK(table_.watch(id));
      watchers = std::make_shared<Watchers>();
      const std::lock_guard lock{mutex_};
      watched_.emplace(id, watchers);
    }
    return watchers->add(what, std::move(notify));
  }
}

void SharedWatches::notify(const std::string& id) {
  std::shared_ptr<Watchers> watchers;
  {
    const std::lock_guard lock{mutex_};
    const auto found = watched_.find(id);
    if (found != watched_.end()) watchers = found->second;
  }
  // The news tell no difference.
  if (watchers) watchers->notify(Watched::end);
}

void SharedWatches::notify_all() {
  std::vector<std::string> ids;
  std::vector<std::shared_ptr<Watchers>> all;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [id, watchers] : watched_) {
      ids.push_back(id);
      all.push_back(watchers);
    }
  }
  if (const auto done = table_.watch_again(ids); !done) {
    log::debug("watches not renewed", {{"reason", done.error().message}});
  }
  for (const auto& watchers : all) watchers->notify(Watched::end);
}

void SharedWatches::tidy() {
  const std::lock_guard order{asking_};
  std::vector<std::string> idle;
  {
    const std::lock_guard lock{mutex_};
    for (auto at = watched_.begin(); at != watched_.end();) {
      if (!at->second->empty()) {
        ++at;
        continue;
      }
      idle.push_back(at->first);
      at = watched_.erase(at);
    }
  }
  // Where it fails the news come for nothing, and are dropped.
  static_cast<void>(table_.unwatch(idle));
}

}  // namespace cex::engine
