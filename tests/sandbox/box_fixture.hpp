// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/engine/adapters/slot_runner.hpp"
#include "core/engine/build_engine.hpp"
#include "core/model/language_info.hpp"
#include "core/sandbox/cgroup_instance.hpp"
#include "core/sandbox/slot_pool.hpp"
#include "tests/corpus/time_factor.hpp"

namespace cex::test {

/// Ready slots that stay when nothing runs.
constexpr std::uint32_t kKeptSlots = 2;

/// Everything that boxes need, made once for the whole binary: root mode gives root up for good, so
/// there is no second time. As a plain user without a delegated cgroup the strict start must
/// refuse, and the rest runs with the insecure switch.
class Boxes {
 public:
  static Boxes& get();

  [[nodiscard]] engine::BoxRunner& runner() { return *runner_; }
  [[nodiscard]] sandbox::SlotPool& pool() { return *pool_; }
  /// False: this host offers no cgroup; refusal() is what the strict start said.
  [[nodiscard]] bool limits_enforced() const { return !refusal_; }
  [[nodiscard]] const std::optional<Error>& refusal() const { return refusal_; }
  [[nodiscard]] const Isolation& isolation() const { return isolation_; }
  [[nodiscard]] const sandbox::CgroupInstance& cgroups() const { return cgroups_; }
  /// What the start found out about the host.
  [[nodiscard]] const std::vector<HealthCheck>& checks() const { return checks_; }
  /// This server's cgroup folders that exist now, over all hierarchies.
  [[nodiscard]] std::vector<std::string> cgroup_folders() const;

 private:
  Boxes();
  ~Boxes();
  std::string data_dir_;
  std::optional<Error> refusal_;
  Isolation isolation_;
  std::vector<HealthCheck> checks_;
  sandbox::CgroupInstance cgroups_;
  std::unique_ptr<sandbox::SlotPool> pool_;
  std::unique_ptr<engine::BoxRunner> runner_;
};

/// True where limits exist; where they do not, holds that the strict start refused and said which.
[[nodiscard]] bool enforced_or_refused();

/// A step that runs tests/sandbox/victim.c with `args` under generous limits.
[[nodiscard]] SandboxPlan victim(std::vector<std::string> args);

/// The victim itself, to be put into a box.
[[nodiscard]] BoxFile victim_file();

struct Extra {
  FileSet files;
  std::string input;
  std::vector<std::string> outputs;
};

/// Runs `plan` with the victim's binary at /box/victim.
[[nodiscard]] StepOutcome run(const SandboxPlan& plan, const Extra& extra = {});
[[nodiscard]] StepOutcome run(const SandboxPlan& plan, const Extra& extra,
                              const supervise::CancelToken& cancel);

/// "name=value" lines of an output, as a look-up.
[[nodiscard]] std::string value_of(const std::string& output, const std::string& name);

}  // namespace cex::test
