// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cex/plugin.hpp>

namespace cex::plugins::jvm {

/// The layers of a JDK: an archive for javac and one for what it made. Each is filled by running
/// the training programs, noting which classes that took, and dumping those. Empty for a JDK that
/// is too old.
[[nodiscard]] plugin::Plan warm_java(const plugin::PlanRequest& request);

/// The training programs for javac of this version, good and bad ones: "Shapes".
[[nodiscard]] plugin::Strings trained_on(std::string_view version);

}  // namespace cex::plugins::jvm
