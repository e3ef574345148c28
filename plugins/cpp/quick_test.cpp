// SPDX-License-Identifier: Apache-2.0
#include "quick.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "precompiled.hpp"

namespace cex::plugins::cpp {
namespace {

constexpr const char* kLayer = "pch-iostream-gnu++17-O2";

plugin::PlanRequest request(std::string_view source = "#include <iostream>\nint main() {}\n") {
  return {.phase = plugin::Phase::compile,
          .cpus_milli = 2000,
          .language = "cpp",
          .toolchain = "g++-12",
          .executable = "/usr/bin/g++-12",
          .version = "12.2.0",
          .box_dir = "/box",
          .entry_file = "main.cpp",
          .files = {"main.cpp"},
          .contents = {source},
          .layers = {"pch-iostream-gnu++17-O2=/layers/io"},
          .tools = {"mold=/usr/bin/mold"}};
}

std::vector<plugin::Step> steps_of(const plugin::PlanRequest& asked) {
  plugin::Strings wanted;
  return quick_steps(asked, wanted);
}

bool has(const plugin::Step& step, const std::string& arg) {
  return std::find(step.argv.begin(), step.argv.end(), arg) != step.argv.end();
}

TEST(QuickSteps, are_attempts_with_the_precompiled_header_and_mold) {
  const auto steps = steps_of(request());
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_TRUE(steps[0].attempt);
  EXPECT_TRUE(steps[1].attempt);
  EXPECT_TRUE(has(steps[0], "/layers/io"));
  EXPECT_TRUE(has(steps[0], "main.cpp"));
  EXPECT_FALSE(steps[0].unless.empty());
  EXPECT_TRUE(has(steps[1], "-fuse-ld=mold"));
  EXPECT_TRUE(has(steps[1], "-Wl,--thread-count=2"));
  EXPECT_EQ(steps[1].outputs, plugin::Strings{"program"});
}

TEST(QuickSteps, link_as_ever_where_there_is_no_mold_or_a_compiler_that_does_not_know_it) {
  auto asked = request();
  asked.tools = {};
  EXPECT_FALSE(has(steps_of(asked)[1], "-fuse-ld=mold"));
  asked = request();
  asked.version = "11.4.0";
  EXPECT_FALSE(has(steps_of(asked)[1], "-fuse-ld=mold"));
}

TEST(QuickSteps, are_none_without_the_layer_which_is_then_wanted) {
  auto asked = request();
  asked.layers = {};
  plugin::Strings wanted;
  EXPECT_TRUE(quick_steps(asked, wanted).empty());
  EXPECT_EQ(wanted, plugin::Strings{kLayer});
  asked = request();
  asked.options = {"std=c++20"};
  wanted.clear();
  EXPECT_TRUE(quick_steps(asked, wanted).empty());
  EXPECT_EQ(wanted, plugin::Strings{"pch-iostream-c++20-O2"});
}

TEST(QuickSteps, are_none_where_the_header_would_not_be_used_or_something_would_change) {
  auto asked = request("#define NDEBUG\n#include <iostream>\n");
  EXPECT_TRUE(steps_of(asked).empty());
  for (const char* arg : {"-DX", "-fPIC", "-march=native", "-pthread", "-static", "-O3",
                          "-fsanitize=address", "-std=c++11", "-Winvalid-pch"}) {
    asked = request();
    asked.compile_args = {arg};
    EXPECT_TRUE(steps_of(asked).empty()) << arg;
  }
  asked = request();
  asked.compile_args = {"-Wall", "-w", "-lm"};
  const auto steps = steps_of(asked);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_FALSE(has(steps[0], "-lm"));
  EXPECT_EQ(steps[1].argv.back(), "-lm");
  asked = request();
  asked.files = {"main.cpp", "other.cpp"};
  asked.contents = {asked.contents[0], asked.contents[0]};
  EXPECT_TRUE(steps_of(asked).empty()) << "two sources";
  asked = request();
  asked.files = {"main.cpp", "program.o"};
  asked.contents = {asked.contents[0], ""};
  EXPECT_TRUE(steps_of(asked).empty()) << "a file of the job is in the way";
  asked = request();
  asked.toolchain = "clang-14";
  EXPECT_TRUE(steps_of(asked).empty());
  asked = request();
  asked.language = "c";
  EXPECT_TRUE(steps_of(asked).empty());
}

TEST(Precompile, makes_a_layer_for_each_header_and_proves_that_it_is_used) {
  auto asked = request();
  asked.phase = plugin::Phase::warm;
  const auto plan = precompile(asked);
  ASSERT_EQ(plan.layers.size(), 2U);
  EXPECT_EQ(plan.layers[0].id, kLayer);
  EXPECT_EQ(plan.layers[1].id, "pch-everything-gnu++17-O2");
  for (const auto& step : plan.steps) EXPECT_EQ(step.layers.size(), 1U) << step.name;
  EXPECT_EQ(plan.steps[0].outputs, plugin::Strings{"iostream.gch"});
  EXPECT_TRUE(has(plan.steps[1], "-Winvalid-pch"));
  EXPECT_TRUE(has(plan.steps[1], "-Werror"));
  EXPECT_EQ(plan.steps[2].outputs, plugin::Strings{"iostream"});
  asked.language = "c";
  EXPECT_TRUE(precompile(asked).layers.empty());
}

}  // namespace
}  // namespace cex::plugins::cpp
