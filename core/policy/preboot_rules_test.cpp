// SPDX-License-Identifier: Apache-2.0
#include "core/policy/preboot_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::policy {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

PlannerInput one_step() {
  langspec::Step step;
  step.phase = langspec::Phase::run;
  step.name = "run";
  step.argv = {"/usr/bin/python3", "/box/main.py"};
  PlannerInput input;
  input.phase = langspec::Phase::run;
  input.plan.steps = {step};
  input.plan.preboots = {{"gate",
                          "run",
                          {"/usr/bin/python3", "-X", "gate", "/box/main.py"},
                          {"PYTHONPATH=/box/.gate"}}};
  input.plan.files = {{"gate", ".gate/sitecustomize.py", "import json", false},
                      {"", "shared.txt", "", false}};
  input.toolchain_roots = {"/usr"};
  return input;
}

std::optional<Preboot> preboot_of(const PlannerInput& input) {
  const auto plans = decide(input);
  EXPECT_TRUE(plans) << plans.error().message;
  return plans ? plans->front().preboot : std::nullopt;
}

TEST(Preboots, get_their_own_arguments_files_and_the_variables_of_the_step_besides) {
  const auto preboot = preboot_of(one_step());
  ASSERT_TRUE(preboot);
  EXPECT_EQ(preboot->argv.size(), 4U);
  EXPECT_THAT(preboot->env, Contains("PYTHONPATH=/box/.gate"));
  EXPECT_THAT(preboot->env, Contains("HOME=/tmp"));
  ASSERT_EQ(preboot->files.size(), 1U);
  EXPECT_EQ(preboot->files.front().path, ".gate/sitecustomize.py");
}

TEST(Preboots, leave_the_step_as_it_is) {
  const auto plans = decide(one_step());
  ASSERT_TRUE(plans);
  EXPECT_EQ(plans->front().argv.size(), 2U);
  EXPECT_THAT(plans->front().env, Not(Contains(HasSubstr("PYTHONPATH"))));
  ASSERT_EQ(plans->front().files.size(), 1U);
  EXPECT_EQ(plans->front().files.front().path, "shared.txt");
}

TEST(Preboots, start_no_other_program) {
  PlannerInput input = one_step();
  input.plan.preboots.front().argv.front() = "/usr/bin/sh";
  const auto plans = decide(input);
  ASSERT_FALSE(plans);
  EXPECT_THAT(plans.error().message, HasSubstr("must start the step's own program"));
}

TEST(Preboots, do_not_steer_the_loader) {
  PlannerInput input = one_step();
  input.plan.preboots.front().env = {"LD_PRELOAD=/box/x.so"};
  EXPECT_FALSE(decide(input));
}

TEST(Preboots, are_left_out_where_the_job_has_to_be_there_first) {
  PlannerInput same_variable = one_step();
  same_variable.env = {{"PYTHONPATH", "/box/lib"}};
  EXPECT_FALSE(preboot_of(same_variable));
  PlannerInput folder_of_the_job = one_step();
  folder_of_the_job.plan.steps.front().cwd = "sub";
  EXPECT_FALSE(preboot_of(folder_of_the_job));
  PlannerInput own_program = one_step();
  own_program.plan.steps.front().argv = {"/box/main"};
  own_program.plan.preboots.front().argv = {"/box/main"};
  EXPECT_FALSE(preboot_of(own_program));
  PlannerInput other_step = one_step();
  other_step.plan.preboots.front().step = "link";
  EXPECT_FALSE(preboot_of(other_step));
}

TEST(Preboots, of_a_job_with_a_network_are_none) {
  PlannerInput input = one_step();
  input.network = {parse_destination("example.org:443").value()};
  EXPECT_FALSE(preboot_of(input));
}

}  // namespace
}  // namespace cex::policy
