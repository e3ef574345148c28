// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <cex/plugin.hpp>

#include "jvm_common.hpp"

namespace cex::plugins::jvm {

inline constexpr Archive kScalacArchive{"cds-scalac", "scalac.jsa"};
inline constexpr Archive kScalaArchive{"cds-scala", "scala.jsa"};

/// What a Scala compiler consists of, which differs between versions.
struct ScalaKit {
  std::string compiler_jars{};   ///< class path of the compiler
  std::string runtime_jars{};    ///< of programs, before their own classes
  std::string more_jars{};       ///< of programs, behind them; may be empty
  plugin::Strings compiler{};    ///< main class and what it is always told
  std::string_view gate_work{};  ///< see gate/gate.c
  plugin::Strings inputs{};      ///< files and folders with the jars
};

[[nodiscard]] ScalaKit scala_kit(const plugin::PlanRequest& request);

/// The layers of a Scala compiler on this JVM: an archive for it, one for what it made.
[[nodiscard]] plugin::Plan warm_scala(const plugin::PlanRequest& request, const Jvm& jvm);

}  // namespace cex::plugins::jvm
