// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/engine/service.hpp"
#include "tests/corpus/outside.hpp"
#include "tests/corpus/time_factor.hpp"

namespace cex::test {

/// A folder that goes with its owner.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;  // made by the engine, for the user that it becomes
};

/// The whole engine in this process, with the plugins of the build tree, and the host around it.
/// One for a program's life: started as root it gives root up.
class Machine {
 public:
  /// Throws std::runtime_error, the first time, if the engine does not start.
  static Machine& get();

  [[nodiscard]] engine::Service& service() { return *service_; }
  [[nodiscard]] const Outside& outside() const { return outside_; }
  [[nodiscard]] std::uint32_t slots() const { return slots_; }

  /// Queues a job and returns its id.
  [[nodiscard]] Result<std::string> try_submit(JobRequest request);
  /// The same for one that must not be refused; empty (and a failure) if it is.
  [[nodiscard]] std::string submit(JobRequest request);
  /// The job when it has ended.
  [[nodiscard]] JobView wait(const std::string& id);
  /// Forgets finished jobs, waits until every slot has its next cell, and looks around.
  [[nodiscard]] Snapshot look_at_rest();
  void forget(const std::string& id);

 private:
  Machine();
  [[nodiscard]] bool rests() const;
  void ask_for_warm_boxes();
  ~Machine();
  Outside outside_;
  TempFolder data_dir_;
  std::uint32_t slots_{0};
  std::unique_ptr<engine::Service> service_;
};

}  // namespace cex::test
