// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <cex/plugin.hpp>

#include "jvm_common.hpp"

namespace cex::plugins::jvm {

inline constexpr Archive kKotlincArchive{"cds-kotlinc", "kotlinc.jsa"};
inline constexpr Archive kKotlinArchive{"cds-kotlin", "kotlin.jsa"};

/// Class path of the compiler, and of programs before their own classes; `home` is what has lib/.
[[nodiscard]] std::string kotlin_compiler_jars(const std::string& home);
[[nodiscard]] std::string kotlin_runtime_jars(const std::string& home);

/// The compiler's main class, and what it is always told.
[[nodiscard]] plugin::Strings kotlin_compiler(const std::string& home);

/// The layers of a Kotlin compiler on this JVM: an archive for it, one for what it made.
[[nodiscard]] plugin::Plan warm_kotlin(const plugin::PlanRequest& request, const Jvm& jvm);

}  // namespace cex::plugins::jvm
