// SPDX-License-Identifier: Apache-2.0
#include "training.hpp"

#include <algorithm>
#include <iterator>

#include <cex/scan.hpp>

namespace cex::plugins::jvm {

std::vector<TrainingFile> training_files(std::string_view ending) {
  std::vector<TrainingFile> found;
  std::copy_if(training_files().begin(), training_files().end(), std::back_inserter(found),
               [&](const TrainingFile& file) { return plugin::ends_with(file.name, ending); });
  return found;
}

std::vector<TrainingFile> gate_training(std::string_view ending) {
  std::vector<TrainingFile> found = training_files(ending);
  const auto ends = std::remove_if(found.begin(), found.end(), [](const TrainingFile& file) {
    return !plugin::starts_with(file.name, "Words.") &&
           !plugin::starts_with(file.name, "BrokenSyntax.");
  });
  found.erase(ends, found.end());
  return found;
}

std::string training_path(const TrainingFile& file) {
  return std::string(kTrainingFolder) + "/" + std::string(file.name);
}

plugin::Strings good_training_paths(std::string_view ending) {
  plugin::Strings paths;
  for (const TrainingFile& file : training_files(ending)) {
    if (!plugin::starts_with(file.name, "Broken")) paths.push_back(training_path(file));
  }
  return paths;
}

void add_training(const std::vector<TrainingFile>& files, plugin::Plan& plan) {
  for (const TrainingFile& file : files) {
    plan.files.push_back(
        {.step = {}, .path = training_path(file), .content = std::string(file.content)});
  }
}

}  // namespace cex::plugins::jvm
