// SPDX-License-Identifier: Apache-2.0
#include "core/engine/file_sets.hpp"

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

BoxFile file(const std::string& path, const std::string& content) {
  return {path, std::make_shared<const std::string>(content), false, false};
}

std::string shown(const FileSet& files) {
  std::string text;
  for (const BoxFile& one : files) text += one.path + "=" + *one.content + " ";
  return text;
}

TEST(FileSets, the_jobs_own_files_win_over_those_of_a_plugin) {
  const FileSet job{file("a", "job"), file("b", "job")};
  const FileSet plugin{file("b", "plugin"), file("c", "plugin")};
  EXPECT_EQ(shown(with_files(job, plugin)), "c=plugin a=job b=job ");
  EXPECT_EQ(shown(with_files(job, {})), "a=job b=job ");
}

TEST(FileSets, newer_outputs_replace_older_ones_in_place) {
  FileSet files{file("a", "1"), file("b", "1")};
  replace_files(files, {file("c", "2"), file("a", "2")});
  EXPECT_EQ(shown(files), "a=2 b=1 c=2 ");
}

}  // namespace
}  // namespace cex::engine
