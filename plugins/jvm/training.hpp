// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <cex/plugin.hpp>

namespace cex::plugins::jvm {

/// Where the training programs lie in the box; also their package, so that no class of theirs bears
/// a name that a user's class has.
inline constexpr std::string_view kTrainingFolder = "org/codeexecutor/training";

/// One program of training/, embedded by the build.
struct TrainingFile {
  std::string_view name;  ///< "Shapes.java"
  std::string_view content;
};

/// All of them, by name.
[[nodiscard]] const std::vector<TrainingFile>& training_files();

/// Those of one language, by the ending of their names: ".java".
[[nodiscard]] std::vector<TrainingFile> training_files(std::string_view ending);

/// Of these, what a compiler of Kotlin or Scala takes at its gate: one good and one bad program.
/// With all of them Kotlin's is ready after 8.4 s of CPU time instead of 3.7, and needs 180 ms for
/// a first program instead of 230.
[[nodiscard]] std::vector<TrainingFile> gate_training(std::string_view ending);

/// Where the program lies in the box: "org/codeexecutor/training/Shapes.java".
[[nodiscard]] std::string training_path(const TrainingFile& file);

/// Where those of one language lie that its compiler does not refuse: all but "Broken...".
[[nodiscard]] plugin::Strings good_training_paths(std::string_view ending);

/// The programs as files of a plan, for all its steps.
void add_training(const std::vector<TrainingFile>& files, plugin::Plan& plan);

}  // namespace cex::plugins::jvm
