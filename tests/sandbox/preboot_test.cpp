// SPDX-License-Identifier: Apache-2.0

// Programs that are started ahead of their job: what they and their jobs get, and that nothing of
// the gate is left.
#include <chrono>
#include <memory>
#include <thread>

#include <gmock/gmock.h>

#include "tests/sandbox/box_fixture.hpp"

namespace cex::test {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

const supervise::CancelToken kNever;

SandboxPlan ahead(std::vector<std::string> args) {
  auto plan = victim(std::move(args));
  plan.files = {victim_file()};
  return plan;
}

std::unique_ptr<engine::BootedBox> boot(const SandboxPlan& plan) {
  auto box = Boxes::get().runner().boot(plan, kNever);
  EXPECT_TRUE(box) << box.error().message;
  return box ? *std::move(box) : nullptr;
}

// Gives a waiting victim its job: one line that says what to do.
StepOutcome hand_over(engine::BootedBox& box, const SandboxPlan& plan, const std::string& order,
                      std::string_view input = {}) {
  auto& runner = Boxes::get().runner();
  const auto files =
      runner.prepare({{"order", std::make_shared<const std::string>(order), false, false}});
  EXPECT_TRUE(files);
  return runner.run({plan, **files, input, {}, {}, &box}, kNever);
}

StepOutcome run_ahead(const SandboxPlan& plan, const std::string& order,
                      std::string_view input = {}) {
  const auto box = boot(ahead({"gate", "0"}));
  if (!box) return {};
  return hand_over(*box, plan, order, input);
}

std::string failure_of(const SandboxPlan& plan) {
  const auto box = Boxes::get().runner().boot(plan, kNever);
  return box ? "" : box.error().message;
}

TEST(Preboot, goes_on_with_the_files_and_the_input_of_its_job) {
  const auto outcome = run_ahead(victim({}), "cat", "given");
  EXPECT_EQ(outcome.why, WhyEnded::exited) << outcome.failure;
  EXPECT_EQ(outcome.out.bytes, "given");
  EXPECT_EQ(run_ahead(victim({}), "exit 42").exit_code, 42);
  EXPECT_EQ(run_ahead(victim({}), "raise 11").signal, 11);
}

// Some interpreters have opened their program by the time they are at the gate.
TEST(Preboot, fills_the_file_that_its_gate_left_empty_and_no_other) {
  const auto with_order = [](const std::string& content) {
    auto plan = ahead({"gate", "0"});
    plan.files.push_back({"order", std::make_shared<const std::string>(content), false, false});
    return boot(plan);
  };
  const auto empty = with_order("");
  ASSERT_NE(empty, nullptr);
  EXPECT_EQ(hand_over(*empty, victim({}), "exit 7").exit_code, 7);
  const auto full = with_order("exit 8");
  ASSERT_NE(full, nullptr);
  const auto refused = hand_over(*full, victim({}), "exit 7");
  EXPECT_EQ(refused.why, WhyEnded::box_failed);
  EXPECT_THAT(refused.failure, HasSubstr("File exists"));
}

TEST(Preboot, leaves_neither_a_descriptor_nor_a_process_of_the_gate) {
  EXPECT_EQ(run_ahead(victim({}), "fds").out.bytes, run(victim({"fds"})).out.bytes);
  const auto processes = run_ahead(victim({}), "processes").out.bytes;
  EXPECT_EQ(processes, run(victim({"processes"})).out.bytes);
  EXPECT_THAT(processes, HasSubstr("process="));
}

TEST(Preboot, counts_the_time_of_its_job_alone) {
  if (!enforced_or_refused()) return;
  const auto box = boot(ahead({"gate", "800"}));
  ASSERT_NE(box, nullptr);
  const auto outcome = hand_over(*box, victim({}), "burn 100");
  EXPECT_EQ(outcome.why, WhyEnded::exited) << outcome.failure;
  EXPECT_GE(outcome.usage.cpu, milliseconds{95});
  EXPECT_LT(outcome.usage.cpu, milliseconds{700});
  EXPECT_LT(outcome.usage.wall, milliseconds{700} * time_factor());
}

TEST(Preboot, has_the_limits_of_its_job_whatever_it_was_started_with) {
  if (!enforced_or_refused()) return;
  auto start = ahead({"gate", "0"});
  start.limits.memory_bytes = 32 << 20U;
  auto plan = victim({});
  plan.limits.memory_bytes = 128 << 20U;
  auto box = boot(start);
  ASSERT_NE(box, nullptr);
  EXPECT_EQ(hand_over(*box, plan, "touch 64").exit_code, 0);

  start.limits.memory_bytes = 256 << 20U;
  plan.limits.memory_bytes = 32 << 20U;
  box = boot(start);
  ASSERT_NE(box, nullptr);
  EXPECT_EQ(hand_over(*box, plan, "eat").why, WhyEnded::memory_limit);

  plan = victim({});
  plan.limits.cpu = milliseconds{200};
  EXPECT_EQ(run_ahead(plan, "spin").why, WhyEnded::cpu_limit);
  plan = victim({});
  plan.limits.wall = milliseconds{200};
  EXPECT_EQ(run_ahead(plan, "sleep").why, WhyEnded::wall_limit);
  plan = victim({});
  plan.limits.output_bytes = 1000;
  EXPECT_EQ(run_ahead(plan, "flood").out.bytes.size(), 1000U);
  plan = victim({});
  plan.limits.disk_bytes = 8 << 20U;
  EXPECT_TRUE(run_ahead(plan, "disk").disk_full);
}

TEST(Preboot, lets_its_job_have_exactly_as_many_processes_as_any_other) {
  if (!enforced_or_refused()) return;
  auto plan = victim({});
  plan.limits.processes = 20;
  const auto outcome = run_ahead(plan, "forkmany");
  EXPECT_EQ(outcome.exit_code, 3) << outcome.failure;
  EXPECT_TRUE(outcome.process_limit_hit);
  EXPECT_EQ(value_of(outcome.out.bytes, "made"), "19");
}

TEST(Preboot, has_the_filter_of_its_step) {
  auto plan = ahead({"gate", "0"});
  plan.profile = Profile::compile;
  const auto box = boot(plan);
  ASSERT_NE(box, nullptr);
  const auto compile = hand_over(*box, plan, "sockets").out.bytes;
  EXPECT_EQ(value_of(compile, "unix"), "done");
  EXPECT_EQ(value_of(compile, "inet"), "EAFNOSUPPORT");
  EXPECT_EQ(run_ahead(victim({}), "calls").out.bytes, run(victim({"calls"})).out.bytes);
}

TEST(Preboot, that_does_not_come_to_its_gate_is_none) {
  EXPECT_THAT(failure_of(ahead({"exit", "3"})), HasSubstr("ended before its job was there"));
  EXPECT_THAT(failure_of(ahead({"echo", "too early"})), HasSubstr("too early"));
  auto stuck = ahead({"sleep"});
  stuck.limits.wall = milliseconds{300};
  EXPECT_EQ(failure_of(stuck), "it took too long");
  auto missing = ahead({});
  missing.argv = {"/usr/bin/no-such-program"};
  EXPECT_THAT(failure_of(missing), HasSubstr("exec"));
}

TEST(Preboot, that_nobody_needs_goes_away_with_its_box) {
  const auto& pool = Boxes::get().pool();
  const auto none_leased = [&] { return pool.status().leased == 0; };
  {
    const auto box = boot(ahead({"gate", "0"}));
    ASSERT_NE(box, nullptr);
    EXPECT_TRUE(box->waits());
    EXPECT_EQ(Boxes::get().limits_enforced(), box->memory_bytes() > 0);
    EXPECT_FALSE(none_leased());
  }
  const auto deadline = std::chrono::steady_clock::now() + milliseconds{5000} * time_factor();
  while (!none_leased() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds{5});
  }
  EXPECT_TRUE(none_leased());
}

TEST(Preboot, serves_one_job_and_no_second) {
  const auto box = boot(ahead({"gate", "0"}));
  ASSERT_NE(box, nullptr);
  EXPECT_EQ(hand_over(*box, victim({}), "exit 0").exit_code, 0);
  EXPECT_FALSE(box->waits());
}

}  // namespace
}  // namespace cex::test
