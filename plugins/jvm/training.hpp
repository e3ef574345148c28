// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace cex::plugins::jvm {

/// Where the training programs lie in the box; also their Java package, so that no class of theirs
/// bears a name that a user's class has.
inline constexpr std::string_view kTrainingFolder = "org/codeexecutor/training";

/// One program of training/, embedded by the build.
struct TrainingFile {
  std::string_view name;  ///< "Shapes.java"
  std::string_view content;
};

/// All of them, by name.
[[nodiscard]] const std::vector<TrainingFile>& training_files();

/// The text of one of them, by the name of its class; empty if there is none.
[[nodiscard]] std::string_view training_source(std::string_view name);

}  // namespace cex::plugins::jvm
