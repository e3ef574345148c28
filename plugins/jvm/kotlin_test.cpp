// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <cex/plan.hpp>
#include <gtest/gtest.h>

#include "jvm_gate.hpp"
#include "jvm_language.hpp"
#include "kotlin_warm.hpp"

namespace cex::plugins::jvm {
namespace {

constexpr const char* kHello = "fun main() {\n    println(\"Hello, world!\")\n}\n";

plugin::PlanRequest request(plugin::Phase phase, std::string_view source = kHello) {
  return {.phase = phase,
          .cpus_milli = 1000,
          .memory_bytes = 256U << 20U,
          .language = "kotlin",
          .toolchain = "kotlin-1.9.22",
          .executable = "/opt/kotlinc/bin/kotlinc",
          .version = "1.9.22",
          .box_dir = "/box",
          .out_dir = "/box",
          .entry_file = "main.kt",
          .files = {"main.kt"},
          .contents = {source},
          .tools = {"java-17=/jdk/bin/java"}};
}

bool has(const plugin::Strings& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

TEST(Kotlin, recognises_the_compiler) {
  const auto found =
      kotlin().recognise({.probe = "kotlinc",
                          .executable = "/opt/kotlinc/bin/kotlinc",
                          .err = "info: kotlinc-jvm 1.9.22 (JRE 17.0.15+6-Debian)\n"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "kotlin-1.9.22");
  EXPECT_EQ(found->version, "1.9.22");
  EXPECT_EQ(found->languages, plugin::Strings{"kotlin"});
  EXPECT_FALSE(
      kotlin().recognise({.probe = "kotlinc", .executable = "/x/kotlinc", .exit_code = 1}));
  EXPECT_FALSE(kotlin().recognise(
      {.probe = "javac", .executable = "/opt/kotlinc/bin/kotlinc", .err = "kotlinc-jvm 1.9.22"}));
}

TEST(Kotlin, calls_the_compiler_itself_and_starts_the_class_of_main) {
  const auto compile = kotlin().plan(request(plugin::Phase::compile)).steps.at(0);
  EXPECT_EQ(compile.argv.front(), "/jdk/bin/java");
  EXPECT_TRUE(has(compile.argv, "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"));
  EXPECT_TRUE(has(compile.outputs, "**/*.class"));
  EXPECT_TRUE(compile.repeatable);
  EXPECT_EQ(compile.layers, plugin::Strings{"cds-kotlinc"});
  const auto run = kotlin().plan(request(plugin::Phase::run)).steps.at(0);
  EXPECT_EQ(run.argv.back(), "MainKt");
  EXPECT_TRUE(has(run.argv, "-Xmx256m"));
  EXPECT_EQ(run.layers, plugin::Strings{"cds-kotlin"});
}

TEST(Kotlin, leaves_it_to_a_jar_to_say_where_main_is) {
  const char* source = "object App {\n  @JvmStatic fun main(args: Array<String>) {}\n}\n";
  const auto compile = kotlin().plan(request(plugin::Phase::compile, source));
  EXPECT_EQ(compile.steps.at(0).outputs, plugin::Strings{"program.jar"});
  EXPECT_FALSE(compile.steps[0].repeatable);
  const auto run = kotlin().plan(request(plugin::Phase::run, source));
  EXPECT_EQ(run.steps.at(0).argv.back(), "program.jar");
  EXPECT_TRUE(has(run.steps[0].argv, "-Xbootclasspath/a:/opt/kotlinc/lib/kotlin-stdlib.jar"));
  EXPECT_TRUE(run.steps[0].layers.empty());
  EXPECT_TRUE(run.preboots.empty());  // the launcher looks for the jar before there is a JVM
}

TEST(Kotlin, uses_the_archives_that_are_ready) {
  for (const auto phase : {plugin::Phase::compile, plugin::Phase::run}) {
    auto asked = request(phase);
    asked.layers = {"cds-kotlinc=/l/1", "cds-kotlin=/l/2"};
    EXPECT_TRUE(has(kotlin().plan(asked).steps.at(0).argv,
                    phase == plugin::Phase::compile ? "-XX:SharedArchiveFile=/l/1/kotlinc.jsa"
                                                    : "-XX:SharedArchiveFile=/l/2/kotlin.jsa"));
  }
}

TEST(Kotlin, has_programs_begin_with_the_class_path_of_their_archive) {
  const auto warm = kotlin().plan(request(plugin::Phase::warm));
  const auto path_in = [](const plugin::Strings& argv) {
    const auto flag = std::find(argv.begin(), argv.end(), "-cp");
    return flag == argv.end() ? std::string{} : *(flag + 1);
  };
  const auto dumped = [&](const std::string& name) {
    const auto step = std::find_if(warm.steps.begin(), warm.steps.end(),
                                   [&](const plugin::Step& one) { return one.name == name; });
    return step == warm.steps.end() ? std::string{"?"} : path_in(step->argv);
  };
  EXPECT_EQ(path_in(kotlin().plan(request(plugin::Phase::compile)).steps.at(0).argv),
            dumped("dump-kotlinc"));
  EXPECT_EQ(path_in(kotlin().plan(request(plugin::Phase::run)).steps.at(0).argv),
            dumped("dump-kotlin") + ":/box");
  EXPECT_EQ(dumped("prove-kotlin"), dumped("dump-kotlin"));
  for (const auto& layer : warm.layers) EXPECT_TRUE(has(layer.inputs, "/opt/kotlinc/lib"));
}

TEST(Kotlin, has_both_programs_wait_at_the_gate) {
  if (gate_object().empty()) GTEST_SKIP() << "built without jvmti.h";
  const auto compile = kotlin().plan(request(plugin::Phase::compile));
  ASSERT_EQ(compile.preboots.size(), 1U);
  EXPECT_EQ(compile.preboots[0].argv.at(1),
            "-agentpath:/box/.code-executor/gate.so=/box/.code-executor,kotlinc");
  // One program to be compiled, and one to be refused.
  EXPECT_EQ(std::count_if(compile.files.begin(), compile.files.end(),
                          [](const plugin::File& file) {
                            return file.step == "gate" && plugin::ends_with(file.path, ".kt");
                          }),
            2);
  const auto run = kotlin().plan(request(plugin::Phase::run));
  ASSERT_EQ(run.preboots.size(), 1U);
  EXPECT_EQ(run.files.size(), 1U);
}

TEST(Kotlin, refuses_what_cannot_be_done) {
  auto asked = request(plugin::Phase::compile);
  asked.files = {"notes.txt"};
  EXPECT_THROW(static_cast<void>(kotlin().plan(asked)), plugin::BadRequest);
  asked = request(plugin::Phase::run);
  asked.tools.clear();
  EXPECT_THROW(static_cast<void>(kotlin().plan(asked)), plugin::BadRequest);
}

TEST(Kotlin, reads_what_the_compiler_says) {
  const auto found = kotlin().diagnose(
      "main.kt:3:24: error: type mismatch: inferred type is Int but String was expected\n"
      "    val text: String = number\n                       ^\n"
      "warning: flag is not supported by this version of the compiler\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].file, "main.kt");
  EXPECT_EQ(found[0].line, 3U);
  EXPECT_EQ(found[0].column, 24U);
  EXPECT_EQ(found[0].message, "type mismatch: inferred type is Int but String was expected");
}

}  // namespace
}  // namespace cex::plugins::jvm
