// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "jvm_language.hpp"
#include "scala_warm.hpp"

namespace cex::plugins::jvm {
namespace {

plugin::PlanRequest request(plugin::Phase phase, std::string_view executable,
                            std::string_view version) {
  return {.phase = phase,
          .cpus_milli = 1000,
          .memory_bytes = 256U << 20U,
          .language = "scala",
          .executable = executable,
          .version = version,
          .box_dir = "/box",
          .out_dir = "/box",
          .entry_file = "Main.scala",
          .files = {"Main.scala"},
          .tools = {"java-17=/jdk/bin/java"}};
}

plugin::PlanRequest debian(plugin::Phase phase) {
  return request(phase, "/usr/share/scala-2.11/bin/scalac", "2.11.12");
}

bool has(const plugin::Strings& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::string class_path(const plugin::Strings& argv) {
  const auto flag = std::find(argv.begin(), argv.end(), "-cp");
  return flag == argv.end() ? std::string{} : *(flag + 1);
}

TEST(Scala, recognises_old_and_new_compilers) {
  for (const char* version : {"2.11.12", "2.13.14", "3.3.1"}) {
    const std::string text =
        "Scala compiler version " + std::string(version) + " -- Copyright 2002-2023, LAMP/EPFL\n";
    for (const bool on_stdout : {false, true}) {
      const auto found = scala().recognise({.probe = "scalac",
                                            .executable = "/opt/scala/bin/scalac",
                                            .exit_code = on_stdout ? 0 : 1,
                                            .out = on_stdout ? text : "",
                                            .err = on_stdout ? "" : text});
      ASSERT_TRUE(found);
      EXPECT_EQ(found->version, version);
      EXPECT_EQ(found->id, "scala-" + std::string(version));
    }
  }
  EXPECT_FALSE(scala().recognise(
      {.probe = "scalac", .executable = "/opt/scala/bin/scalac", .err = "no java\n"}));
}

TEST(Scala, finds_the_jars_of_each_kind_of_installation) {
  const auto compile = [](std::string_view executable, std::string_view version) {
    return scala().plan(request(plugin::Phase::compile, executable, version)).steps.at(0).argv;
  };
  EXPECT_EQ(class_path(compile("/opt/scala/bin/scalac", "2.13.14")),
            "/opt/scala/lib/scala-library.jar:/opt/scala/lib/scala-reflect.jar:"
            "/opt/scala/lib/scala-xml.jar:/opt/scala/lib/scala-parser-combinators.jar:"
            "/opt/scala/lib/scala-compiler.jar");
  EXPECT_EQ(class_path(compile("/opt/scala3/bin/scalac", "3.3.1")), "/opt/scala3/lib/*");
  EXPECT_TRUE(has(compile("/opt/scala3/bin/scalac", "3.3.1"), "dotty.tools.dotc.Main"));
}

TEST(Scala, has_programs_begin_with_the_class_path_of_their_archive) {
  for (const auto& [executable, version] :
       {std::pair{"/usr/share/scala-2.11/bin/scalac", "2.11.12"},
        {"/opt/s/bin/scalac", "2.13.14"},
        {"/opt/s/bin/scalac", "3.3.1"}}) {
    const auto warm = scala().plan(request(plugin::Phase::warm, executable, version));
    const auto run = scala().plan(request(plugin::Phase::run, executable, version)).steps.at(0);
    for (const auto& step : warm.steps) {
      if (step.name != "dump-scala") continue;
      EXPECT_TRUE(class_path(run.argv).starts_with(class_path(step.argv) + ":/box"));
    }
    EXPECT_TRUE(has(run.argv, "Main"));
  }
}

TEST(Scala, starts_the_object_that_the_file_is_named_after) {
  auto asked = debian(plugin::Phase::run);
  asked.entry_file = "src/App.scala";
  EXPECT_EQ(scala().plan(asked).steps.at(0).argv.back(), "App");
  asked.entry_file = "-cp.scala";
  EXPECT_THROW(static_cast<void>(scala().plan(asked)), plugin::BadRequest);
}

TEST(Scala, reads_what_the_compilers_say) {
  const auto old = scala().diagnose(
      "Main.scala:3: error: type mismatch;\n found   : Int(1)\n required: String\n"
      "    val text: String = 1\n                       ^\none error found\n");
  ASSERT_EQ(old.size(), 1U);
  EXPECT_EQ(old[0].file, "Main.scala");
  EXPECT_EQ(old[0].line, 3U);
  EXPECT_EQ(old[0].message, "type mismatch;");
  const auto three = scala().diagnose(
      "-- [E007] Type Mismatch Error: Main.scala:3:23 ------------------\n"
      "3 |    val text: String = 1\n  |                       ^\n  |    Found:    (1 : Int)\n"
      "-- Error: a/B.scala:7:2 -----\n-- Deprecation Warning: Main.scala:9:1 ---\n1 error found\n");
  ASSERT_EQ(three.size(), 3U);
  EXPECT_EQ(three[0].code, "E007");
  EXPECT_EQ(three[0].line, 3U);
  EXPECT_EQ(three[0].column, 23U);
  EXPECT_EQ(three[0].message, "Type Mismatch Error");
  EXPECT_EQ(three[1].file, "a/B.scala");
  EXPECT_EQ(three[2].severity, plugin::Severity::warning);
  for (const std::string& hostile : {std::string("-- ["), std::string("-- : "),
                                     "-- [" + std::string(100'000, ']'), std::string("-- a: b")}) {
    EXPECT_TRUE(scala().diagnose(hostile).empty());
  }
}

}  // namespace
}  // namespace cex::plugins::jvm
