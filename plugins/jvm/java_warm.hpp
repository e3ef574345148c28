// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <cex/plugin.hpp>

#include "jvm_common.hpp"
#include "training.hpp"

namespace cex::plugins::jvm {

inline constexpr Archive kJavacArchive{"cds-javac", "javac.jsa"};
inline constexpr Archive kJavaArchive{"cds-java", "java.jsa"};

/// The layers of a JDK: an archive for javac and one for what it made. Each is filled by running
/// the training programs, noting which classes that took, and dumping those. Empty for a JDK that
/// is too old.
[[nodiscard]] plugin::Plan warm_java(const plugin::PlanRequest& request, const Jvm& jvm);

/// The training programs for javac of this release, good and bad ones.
[[nodiscard]] std::vector<TrainingFile> java_training(const Jvm& jvm);

}  // namespace cex::plugins::jvm
