// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/cache/compile_cache.hpp"
#include "core/engine/admission.hpp"
#include "core/engine/ports.hpp"
#include "core/model/file_set.hpp"
#include "core/model/job_view.hpp"
#include "core/model/sandbox_plan.hpp"

namespace cex::engine {

/// Everything that the outcome of these steps depends on, for one tenant, as a hash. Empty if one
/// of them is not repeatable, or the toolchain cannot be looked at.
[[nodiscard]] std::string cache_key(std::string_view tenant, const Choice& choice,
                                    const std::vector<SandboxPlan>& plans, const FileSet& files);

/// The compile phase of one job: what was made before, else the attempts, else the sure way.
class Compiling {
 public:
  struct Hooks {
    /// Runs one step; the output of one that is no attempt is told as it comes.
    std::function<StepOutcome(const SandboxPlan&, const PreparedFiles&)> execute;
    /// Tells a client what a compiler said.
    std::function<void(bool err, std::string_view)> tell;
    std::function<std::vector<Diagnostic>(const StepReport&)> diagnose;
  };
  struct Done {
    bool good{false};
    FileSet files;      ///< the job's, and what the steps made
    StepReport report;  ///< of all steps together
  };

  Compiling(BoxRunner& runner, cache::CompileCache& cache, Hooks hooks)
      : runner_{runner}, cache_{cache}, hooks_{std::move(hooks)} {}

  /// `plans`: at least one, attempts first. `key`: of the cache; empty: not from there.
  [[nodiscard]] Result<Done> run(const std::vector<SandboxPlan>& plans, const FileSet& files,
                                 const std::string& key);

 private:
  [[nodiscard]] std::optional<Done> from_cache(const FileSet& files, const std::string& key);
  void keep(const Done& done, const FileSet& before, const std::string& key);
  /// Empty: an attempt that does not count.
  [[nodiscard]] Result<std::optional<Done>> steps(std::span<const SandboxPlan> plans,
                                                  FileSet files);

  BoxRunner& runner_;
  cache::CompileCache& cache_;
  Hooks hooks_;
  Usage usage_;  // of all steps so far, those of void attempts too
};

}  // namespace cex::engine
