// SPDX-License-Identifier: Apache-2.0

// Every limit, run into. As a plain user without a delegated cgroup the limits that need one cannot
// be enforced, and the same tests hold that the server refuses and says which.
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/sandbox/box_fixture.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

int processes_named(const std::string& name) {
  int found = 0;
  for (const auto& item : fs::directory_iterator{"/proc"}) {
    std::ifstream in{item.path() / "comm"};
    std::string comm;
    if (std::getline(in, comm) && comm == name) ++found;
  }
  return found;
}

TEST(Limit, wall_time_ends_sleepers_and_those_who_close_everything) {
  for (const char* what : {"sleep", "mute"}) {
    auto plan = victim({what});
    plan.limits.wall = milliseconds{300} * time_factor();
    const auto outcome = run(plan);
    EXPECT_EQ(outcome.why, WhyEnded::wall_limit) << what << outcome.failure;
    EXPECT_GE(outcome.usage.wall, plan.limits.wall);
  }
}

TEST(Limit, cpu_time_ends_a_spinner) {
  if (!enforced_or_refused()) return;
  auto plan = victim({"spin"});
  plan.limits.cpu = milliseconds{200} * time_factor();
  const auto outcome = run(plan);
  EXPECT_EQ(outcome.why, WhyEnded::cpu_limit) << outcome.failure;
  EXPECT_GE(outcome.usage.cpu, plan.limits.cpu);
}

TEST(Limit, memory_ends_an_eater_and_its_peak_is_told) {
  if (!enforced_or_refused()) return;
  auto plan = victim({"eat"});
  plan.limits.memory_bytes = 32 << 20U;
  const auto outcome = run(plan);
  EXPECT_EQ(outcome.why, WhyEnded::memory_limit) << outcome.failure;
  EXPECT_GT(outcome.usage.memory_peak_bytes, 16U << 20U);
  EXPECT_LE(outcome.usage.memory_peak_bytes, 36U << 20U);
}

TEST(Limit, output_is_kept_to_the_byte) {
  auto plan = victim({"flood"});
  plan.limits.output_bytes = 100'000;
  auto outcome = run(plan);
  EXPECT_EQ(outcome.why, WhyEnded::output_limit);
  EXPECT_EQ(outcome.out.bytes.size(), 100'000U);
  EXPECT_TRUE(outcome.out.truncated);
  plan = victim({"print", "100000"});
  plan.limits.output_bytes = 100'000;
  outcome = run(plan);
  EXPECT_EQ(outcome.why, WhyEnded::exited);
  EXPECT_EQ(outcome.out.bytes.size(), 100'000U);
  EXPECT_FALSE(outcome.out.truncated);
}

TEST(Limit, processes_are_counted_and_the_refusal_is_seen) {
  if (!enforced_or_refused()) return;
  auto plan = victim({"forkmany"});
  plan.limits.processes = 20;
  const auto outcome = run(plan);
  EXPECT_EQ(outcome.exit_code, 3) << outcome.failure;
  EXPECT_TRUE(outcome.process_limit_hit);
  EXPECT_EQ(value_of(outcome.out.bytes, "made"), "19");
}

TEST(Limit, a_fork_bomb_ends_and_leaves_nothing) {
  if (!enforced_or_refused()) return;
  auto plan = victim({"forkbomb"});
  plan.limits.processes = 60;
  plan.limits.wall = milliseconds{500} * time_factor();
  plan.limits.cpu = plan.limits.wall;
  const auto outcome = run(plan);
  EXPECT_TRUE(outcome.why == WhyEnded::wall_limit || outcome.why == WhyEnded::cpu_limit);
  EXPECT_TRUE(outcome.process_limit_hit);
}

TEST(Limit, disk_bytes_and_inodes_are_one_budget) {
  auto plan = victim({"disk"});
  plan.limits.disk_bytes = 8 << 20U;
  auto outcome = run(plan);
  EXPECT_TRUE(outcome.disk_full);
  const auto wrote = std::stoll(value_of(outcome.out.bytes, "wrote"));
  EXPECT_LE(wrote, 8 << 20U);
  EXPECT_GT(wrote, 4 << 20U);
  plan = victim({"inodes"});
  plan.limits.disk_bytes = 8 << 20U;
  outcome = run(plan);
  EXPECT_TRUE(outcome.disk_full);
  EXPECT_LE(std::stoi(value_of(outcome.out.bytes, "made")), 2048);
}

TEST(Limit, file_size_stops_a_writer) {
  auto plan = victim({"disk"});
  plan.limits.file_size_bytes = 1 << 20U;
  const auto outcome = run(plan);
  EXPECT_EQ(outcome.signal, SIGXFSZ);
}

TEST(Limit, a_daemon_does_not_outlive_its_job) {
  const auto outcome = run(victim({"daemon"}));
  EXPECT_EQ(outcome.why, WhyEnded::exited);
  for (int i = 0; i < 400 && processes_named("cex-leftover") > 0; ++i) {
    std::this_thread::sleep_for(milliseconds{5});
  }
  EXPECT_EQ(processes_named("cex-leftover"), 0);
}

TEST(Limit, cancelling_returns_when_everything_is_gone) {
  supervise::CancelToken cancel;
  std::thread canceller{[&] {
    std::this_thread::sleep_for(milliseconds{100} * time_factor());
    cancel.cancel();
  }};
  const auto outcome = run(victim({"sleep"}), {}, cancel);
  canceller.join();
  EXPECT_EQ(outcome.why, WhyEnded::cancelled) << outcome.failure;
}

}  // namespace
}  // namespace cex::test
