// SPDX-License-Identifier: Apache-2.0
#include "core/policy/layer_rules.hpp"

#include <cstdint>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::policy {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kMost = 100;

PlannerInput one_layer() {
  langspec::Step step;
  step.phase = langspec::Phase::warm;
  step.name = "header";
  step.argv = {"/usr/bin/g++", "-x", "c++-header"};
  step.outputs = {"**/*.gch"};
  step.layers = {"pch"};
  PlannerInput input;
  input.phase = langspec::Phase::warm;
  input.plan.steps = {step};
  input.plan.layers = {{"pch", "1", {"/usr/include"}, 0}};
  input.plan.files = {{"header", "all.hpp", "#include <vector>\n", false},
                      {"other", "none.hpp", "", false}};
  input.toolchain_roots = {"/usr"};
  return input;
}

std::string refusal(const PlannerInput& input) {
  const auto decided = decide_layers(input, kMost);
  return decided ? "" : decided.error().message;
}

TEST(Layers, are_their_steps_with_the_files_that_the_plugin_gives_them) {
  const auto plans = decide_layers(one_layer(), kMost);
  ASSERT_TRUE(plans) << plans.error().message;
  ASSERT_EQ(plans->size(), 1U);
  EXPECT_EQ(plans->front().max_bytes, kMost);
  ASSERT_EQ(plans->front().steps.size(), 1U);
  const SandboxPlan& step = plans->front().steps.front();
  EXPECT_EQ(step.profile, Profile::compile);
  EXPECT_EQ(step.max_output_files_bytes, kMost);
  ASSERT_EQ(step.files.size(), 1U);
  EXPECT_EQ(step.files.front().path, "all.hpp");
}

TEST(Layers, of_a_plugin_with_nothing_to_prepare_are_none) {
  PlannerInput input = one_layer();
  input.plan = {};
  const auto plans = decide_layers(input, kMost);
  ASSERT_TRUE(plans);
  EXPECT_TRUE(plans->empty());
}

TEST(Layers, depend_only_on_what_boxes_may_see) {
  PlannerInput input = one_layer();
  input.plan.layers.front().inputs = {"/etc/shadow"};
  EXPECT_THAT(refusal(input), HasSubstr("'/etc/shadow' lies outside the toolchain roots"));
}

TEST(Layers, stay_below_what_the_operator_gives_one) {
  PlannerInput input = one_layer();
  input.plan.layers.front().max_bytes = kMost + 1;
  EXPECT_THAT(refusal(input), HasSubstr("max_bytes: 101 is above what a layer may have, 100"));
}

TEST(Layers, have_steps_and_steps_have_a_layer) {
  PlannerInput input = one_layer();
  input.plan.steps.front().layers = {"another"};
  EXPECT_THAT(refusal(input), HasSubstr("step header must name one layer of its plan"));
  input = one_layer();
  input.plan.layers.push_back({"idle", "1", {}, 0});
  EXPECT_THAT(refusal(input), HasSubstr("layer idle has no step"));
  input = one_layer();
  input.plan.layers.push_back(input.plan.layers.front());
  EXPECT_THAT(refusal(input), HasSubstr("pch"));
}

TEST(Layers, are_named_so_that_the_name_can_stand_before_an_equals_sign) {
  PlannerInput input = one_layer();
  input.plan.layers.front().id = input.plan.steps.front().layers.front() = "a=b";
  EXPECT_THAT(refusal(input), HasSubstr("'a=b' is no id of a layer"));
}

TEST(Layers, are_not_made_by_programs_from_the_box) {
  PlannerInput input = one_layer();
  input.plan.steps.front().argv.front() = "/box/program";
  EXPECT_THAT(refusal(input), HasSubstr("lies in the box"));
}

TEST(PluginFiles, go_where_files_of_a_job_may_go) {
  PlannerInput input = one_layer();
  input.plan.files.front().path = "../up";
  EXPECT_THAT(refusal(input), HasSubstr("files: '../up'"));
}

TEST(Attempts, come_first_and_are_followed_by_the_sure_way) {
  langspec::Step quick;
  quick.phase = langspec::Phase::compile;
  quick.name = "quick";
  quick.argv = {"/usr/bin/quick"};
  quick.attempt = true;
  langspec::Step sure = quick;
  sure.name = "sure";
  sure.attempt = false;
  PlannerInput input;
  input.phase = langspec::Phase::compile;
  input.toolchain_roots = {"/usr"};
  input.plan.steps = {quick, sure};
  const auto plans = decide(input);
  ASSERT_TRUE(plans);
  EXPECT_TRUE(plans->front().attempt);
  EXPECT_FALSE(plans->back().attempt);
  for (const auto& steps : {std::vector{quick}, std::vector{sure, quick}}) {
    input.plan.steps = steps;
    EXPECT_FALSE(decide(input));
  }
}

}  // namespace
}  // namespace cex::policy
