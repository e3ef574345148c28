// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/engine/live_job.hpp"
#include "core/engine/service.hpp"
#include "core/supervise/console.hpp"

namespace cex::engine {

/// The consoles of interactive jobs, each made when somebody first asks for it: a client of a job
/// that still waits, or the job as it begins. Thread-safe.
class Dialogues {
 public:
  /// A run whose clients and program are silent for `idle` is ended.
  explicit Dialogues(std::chrono::milliseconds idle) : idle_{idle} {}

  /// For the run.
  [[nodiscard]] std::shared_ptr<supervise::Console> console(const std::string& id);
  /// For a client; `notify` is called when there is room for input again.
  [[nodiscard]] std::unique_ptr<Dialogue> join(const std::string& id, const Interactive& how,
                                               std::function<void()> notify);
  /// The job has ended. Clients that are still there speak to nobody.
  void end(const std::string& id);

 private:
  struct Line;
  class Client;
  [[nodiscard]] std::shared_ptr<Line> line(const std::string& id);

  const std::chrono::milliseconds idle_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Line>> lines_;
};

}  // namespace cex::engine
