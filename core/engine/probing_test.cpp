// SPDX-License-Identifier: Apache-2.0
#include "core/engine/probing.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/ids.hpp"

namespace cex::engine {
namespace {

namespace fs = std::filesystem;

class Candidates : public ::testing::Test {
 protected:
  Candidates() : root_{fs::temp_directory_path() / ("cex-probing-" + random_hex(8))} {}
  ~Candidates() override { fs::remove_all(root_); }

  void program(const std::string& path) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream{root_ / path} << "x";
    fs::permissions(root_ / path, fs::perms::owner_all);
  }
  std::vector<std::string> resolve(const std::string& candidate, bool every) {
    return resolve_candidates({"p", {(root_ / candidate).string()}, {}, every}, {root_.string()});
  }
  fs::path root_;
};

TEST_F(Candidates, star_finds_every_version_once) {
  program("jdk-17/bin/java");
  program("jdk-21/bin/java");
  fs::create_directory_symlink("jdk-17", root_ / "default");
  EXPECT_EQ(resolve("*/bin/java", true).size(), 2U);
  EXPECT_EQ(resolve("*/bin/java", false).size(), 1U);
}

TEST_F(Candidates, what_lies_outside_the_roots_does_not_exist) {
  fs::create_directories(root_ / "bin");
  fs::create_symlink("/proc/self/exe", root_ / "bin/escape");
  fs::create_symlink("/nowhere", root_ / "bin/dangling");
  EXPECT_TRUE(resolve("bin/*", true).empty());
}

}  // namespace
}  // namespace cex::engine
