// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <cex/plugin.hpp>

#include "jvm_common.hpp"

/// Which of the machine's JVMs the languages run on that bring none: each is a tool, "java-17".
namespace cex::plugins::jvm {

/// Where to look for a JVM that asks jars for their version, the preferred one first.
[[nodiscard]] plugin::Strings jvm_candidates();

/// Looks for the JVMs.
[[nodiscard]] plugin::Probe jvm_probe();

/// A tool per release; empty for what is not the answer of that probe.
[[nodiscard]] std::optional<plugin::Toolchain> recognise_jvm(const plugin::ProbeOutput& output);

/// The JVM for every language of the family but Java: of those that are installed the one that old
/// and new compilers know best. Throws BadRequest with `language` in its text when there is none.
[[nodiscard]] Jvm choose_jvm(const plugin::PlanRequest& request, std::string_view language);

}  // namespace cex::plugins::jvm
