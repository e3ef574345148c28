// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/result.hpp"
#include "core/cluster/job_table.hpp"
#include "core/engine/live_job.hpp"

namespace cex::engine {

/// Who at this node follows which jobs of a shared store. Borrows the table. Thread-safe.
class SharedWatches {
 public:
  explicit SharedWatches(cluster::JobTable& table) : table_{table} {}

  /// As JobStore::watch().
  [[nodiscard]] Result<std::unique_ptr<Watch>> add(const std::string& id, Watched what,
                                                   std::function<void()> notify);
  void notify(const std::string& id);
  /// After a time in which news may have been missed: asks for them again, and has everybody look.
  void notify_all();
  /// Asks for no more news of jobs that nobody follows.
  void tidy();

 private:
  cluster::JobTable& table_;
  std::mutex asking_;  ///< so that the table hears of a job's watchers in the order of their coming
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Watchers>> watched_;
};

}  // namespace cex::engine
