// SPDX-License-Identifier: Apache-2.0

// cgroup v2 as a plain user: where the server went, and that what it makes there is what root gets.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/sandbox/cgroup_base.hpp"
#include "tests/sandbox/box_fixture.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;

// Set by the script that made the subtree, or the unit; elsewhere there is nothing to look at.
std::string expected_group() {
  const char* text = std::getenv("CEX_EXPECT_CGROUP");
  return text == nullptr ? "" : text;
}

std::string line_of(const fs::path& path) { return std::string{trim(read_text_file(path.string()))}; }

TEST(Delegation, the_server_and_its_neighbours_moved_into_a_leaf_beside_the_jobs) {
  const std::string group = expected_group();
  if (group.empty()) GTEST_SKIP() << "not in a delegated cgroup";
  (void)Boxes::get();
  EXPECT_EQ(line_of("/proc/self/cgroup"), "0::" + group + "/" + sandbox::kServerLeaf);
  EXPECT_EQ(line_of("/sys/fs/cgroup" + group + "/cgroup.procs"), "");
}

TEST(Delegation, a_leaf_has_every_limit_that_a_box_needs) {
  if (Boxes::get().isolation().cgroup != "v2") GTEST_SKIP() << "not on cgroup v2";
  EXPECT_TRUE(Boxes::get().limits_enforced());
  (void)run(victim({"echo"}));
  const auto folders = Boxes::get().cgroup_folders();
  ASSERT_FALSE(folders.empty());
  for (const auto& folder : folders) {
    if (!fs::exists(folder)) continue;  // its job has ended meanwhile
    EXPECT_EQ(line_of(folder + "/memory.oom.group"), "1") << folder;
    if (fs::exists(folder + "/memory.swap.max")) {
      EXPECT_EQ(line_of(folder + "/memory.swap.max"), "0") << folder;
    }
    if (fs::exists(folder + "/memory.zswap.max")) {
      EXPECT_EQ(line_of(folder + "/memory.zswap.max"), "0") << folder;
    }
    for (const auto& item : fs::directory_iterator{folder}) {
      const std::string name = item.path().filename().string();
      if (!glob_match("hugetlb.*.max", name)) continue;
      EXPECT_EQ(line_of(item.path()), "0") << name;
    }
    for (const char* file : {"memory.max", "pids.max", "cpu.max", "cgroup.kill", "pids.events"}) {
      EXPECT_TRUE(fs::exists(folder + "/" + file)) << file;
    }
  }
}

}  // namespace
}  // namespace cex::test
