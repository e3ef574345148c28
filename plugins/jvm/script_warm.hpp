// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <cex/plugin.hpp>

#include "jvm_common.hpp"

namespace cex::plugins::jvm {

/// A language whose sources the JVM that runs them compiles itself.
struct ScriptKit {
  Archive archive{};
  plugin::Strings main{};            ///< main class, and what stands before the program's file
  std::string_view training{};       ///< program that the archive is made with: "Rehearsal.groovy"
  std::string_view gate_work{};      ///< see gate/gate.c
  std::string_view gate_training{};  ///< program for it, if it wants one
  std::string jars{};                ///< class path, before the job's folder
  plugin::Strings inputs{};          ///< files and folders with the jars
  plugin::Strings flags{};           ///< of the JVM
  bool waits = true;                 ///< whether a JVM may start ahead of this job
};

/// All phases: nothing to compile, a run with one archive and a gate, and the layer of that
/// archive.
[[nodiscard]] plugin::Plan plan_script(const plugin::PlanRequest& request, const Jvm& jvm,
                                       const ScriptKit& kit);

}  // namespace cex::plugins::jvm
