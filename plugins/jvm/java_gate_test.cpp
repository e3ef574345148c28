// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <cex/plan.hpp>
#include <gtest/gtest.h>

#include "jvm_gate.hpp"
#include "jvm_spec.hpp"

namespace cex::plugins {
namespace {

plugin::PlanRequest hello(plugin::Phase phase, std::string_view version = "17.0.15") {
  return {.phase = phase,
          .language = "java",
          .executable = "/usr/lib/jvm/java-17-openjdk-amd64/bin/javac",
          .version = version,
          .box_dir = "/box",
          .out_dir = "/box",
          .entry_file = "Main.java",
          .files = {"Main.java"}};
}

std::string agent_in(const plugin::Strings& argv) {
  const auto found = std::ranges::find_if(argv, [](const std::string& argument) {
    return argument.find("-agentpath:") != std::string::npos;
  });
  return found == argv.end() ? "" : *found;
}

class JavaGate : public ::testing::Test {
 protected:
  void SetUp() override {
    if (jvm::gate_object().empty()) GTEST_SKIP() << "built without jvmti.h";
  }
};

TEST_F(JavaGate, has_the_compiler_compile_the_training_programs_before) {
  const auto plan = JvmSpec{}.plan(hello(plugin::Phase::compile));
  ASSERT_EQ(plan.preboots.size(), 1U);
  EXPECT_EQ(plan.preboots[0].argv.front(), plan.steps[0].argv.front());
  EXPECT_EQ(plan.preboots[0].argv.size(), plan.steps[0].argv.size() + 1);
  EXPECT_EQ(agent_in(plan.preboots[0].argv),
            "-J-agentpath:/box/.code-executor/gate.so=/box/.code-executor,javac");
  const auto sources = std::ranges::count_if(plan.files, [](const plugin::File& file) {
    return file.step == "gate" && plugin::ends_with(file.path, ".java") && !file.content.empty();
  });
  EXPECT_GE(sources, 10);
}

TEST_F(JavaGate, has_a_program_wait_before_its_main_class_is_looked_for) {
  const auto plan = JvmSpec{}.plan(hello(plugin::Phase::run));
  ASSERT_EQ(plan.preboots.size(), 1U);
  EXPECT_EQ(agent_in(plan.preboots[0].argv),
            "-agentpath:/box/.code-executor/gate.so=/box/.code-executor");
  EXPECT_EQ(agent_in(plan.steps[0].argv), "");
  ASSERT_EQ(plan.files.size(), 1U);
  EXPECT_TRUE(plan.files[0].executable);
  EXPECT_EQ(plan.files[0].content.substr(1, 3), "ELF");
}

TEST_F(JavaGate, is_not_for_a_jdk_that_has_never_been_tried) {
  EXPECT_TRUE(JvmSpec{}.plan(hello(plugin::Phase::compile, "8")).preboots.empty());
  EXPECT_TRUE(JvmSpec{}.plan(hello(plugin::Phase::run, "8")).preboots.empty());
}

}  // namespace
}  // namespace cex::plugins
