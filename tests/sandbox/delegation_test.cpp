// SPDX-License-Identifier: Apache-2.0

// cgroup v2 as a plain user: where the server went, and that what it makes there is what root gets.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

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

std::string line_of(const fs::path& path) {
  return std::string{trim(read_text_file(path.string()))};
}

TEST(Delegation, the_server_and_its_neighbours_moved_into_a_leaf_beside_the_jobs) {
  const std::string group = expected_group();
  if (group.empty()) GTEST_SKIP() << "not in a delegated cgroup";
  (void)Boxes::get();
  EXPECT_EQ(line_of("/proc/self/cgroup"), "0::" + group + "/" + sandbox::kServerLeaf);
  EXPECT_EQ(line_of("/sys/fs/cgroup" + group + "/cgroup.procs"), "");
}

// What is wrong with a leaf's limits, a line for each.
std::vector<std::string> flaws_of(const fs::path& leaf) {
  std::vector<std::string> flaws;
  const auto expect = [&](const fs::path& file, const std::string& text) {
    if (line_of(file) != text) flaws.push_back(file.string() + " is not " + text);
  };
  expect(leaf / "memory.oom.group", "1");
  std::error_code ended;
  for (const auto& item : fs::directory_iterator{leaf, ended}) {
    const std::string name = item.path().filename().string();
    const bool must_be_zero = name == "memory.swap.max" || name == "memory.zswap.max" ||
                              glob_match("hugetlb.*.max", name);
    if (must_be_zero) expect(item.path(), "0");
  }
  for (const char* file : {"memory.max", "pids.max", "cpu.max", "cgroup.kill", "pids.events"}) {
    if (!fs::exists(leaf / file)) flaws.push_back((leaf / file).string() + " is missing");
  }
  return flaws;
}

TEST(Delegation, a_leaf_has_every_limit_that_a_box_needs) {
  if (Boxes::get().isolation().cgroup != "v2") GTEST_SKIP() << "not on cgroup v2";
  EXPECT_TRUE(Boxes::get().limits_enforced());
  (void)run(victim({"echo"}));
  int looked_at = 0;
  for (const auto& leaf : Boxes::get().cgroup_folders()) {
    const auto flaws = flaws_of(leaf);
    if (!fs::exists(leaf)) continue;  // of a job that has ended, taken away while we looked
    ++looked_at;
    EXPECT_TRUE(flaws.empty()) << join(flaws, "\n");
  }
  EXPECT_GT(looked_at, 0);
}

// FC-5. Whoever delegated the subtree, or the user it belongs to, may take a controller away while
// the server runs.
TEST(Delegation, a_job_fails_while_a_controller_is_gone) {
  if (expected_group().empty())
    GTEST_SKIP() << "only who owns the subtree can take a controller away";
  (void)run(victim({"echo"}));
  const auto leaves = Boxes::get().cgroup_folders();
  ASSERT_FALSE(leaves.empty());
  const fs::path control = fs::path{leaves.front()}.parent_path() / "cgroup.subtree_control";
  ASSERT_TRUE(sandbox::write_cgroup_file(control, "-memory"));
  // As many as there are slots, and one more: neither a cell made before nor one made after may
  // run.
  std::vector<StepOutcome> outcomes;
  for (std::size_t i = 0; i <= leaves.size(); ++i) outcomes.push_back(run(victim({"echo"})));
  ASSERT_TRUE(sandbox::write_cgroup_file(control, "+memory"));
  for (const auto& outcome : outcomes) {
    EXPECT_EQ(outcome.why, WhyEnded::box_failed);
    EXPECT_TRUE(outcome.out.bytes.empty());
  }
  // A slot that had to give up tries again by itself.
  auto why = WhyEnded::box_failed;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{2};
  while (why == WhyEnded::box_failed && std::chrono::steady_clock::now() < deadline) {
    why = run(victim({"echo"})).why;
  }
  EXPECT_EQ(why, WhyEnded::exited);
}

// docs/decisions/0039: without it the kernel rewrites its own code around every job.
TEST(Delegation, a_group_beside_the_servers_keeps_a_cpu_quota) {
  if (!enforced_or_refused() || !Boxes::get().limits_enforced()) return;
  (void)run(victim({"echo"}));
  bool kept = false;
  for (const fs::path leaf : Boxes::get().cgroup_folders()) {
    const fs::path keeper = leaf.parent_path().parent_path() / "quota";
    kept = kept || line_of(keeper / "cpu.max") == "1000 100000" ||
           line_of(keeper / "cpu.cfs_quota_us") == "1000";
  }
  EXPECT_TRUE(kept);
}

}  // namespace
}  // namespace cex::test
