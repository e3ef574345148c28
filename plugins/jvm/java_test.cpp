// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "jvm_language.hpp"
#include "jvm_spec.hpp"

namespace cex::plugins::jvm {
namespace {

plugin::PlanRequest request(plugin::Phase phase) {
  return {.phase = phase,
          .cpus_milli = 1000,
          .memory_bytes = 256U << 20U,
          .language = "java",
          .executable = "/usr/lib/jvm/java-17-openjdk-amd64/bin/javac",
          .version = "17.0.15",
          .box_dir = "/box",
          .out_dir = "/box",
          .entry_file = "Main.java",
          .files = {"Main.java"}};
}

std::string class_for(std::string_view entry) {
  auto asked = request(plugin::Phase::run);
  asked.entry_file = entry;
  return java().plan(asked).steps.at(0).argv.back();
}

TEST(Java, recognises_old_and_new_compilers) {
  struct Case {
    const char* executable;
    const char* out;
    const char* err;
    const char* id;  // null: not recognised
    const char* version;
  };
  const Case table[] = {
      {"/usr/lib/jvm/java-17-openjdk-amd64/bin/javac", "javac 17.0.15\n", "",
       "java-17-openjdk-amd64", "17.0.15"},
      {"/usr/lib/jvm/temurin-25-jdk-amd64/bin/javac", "javac 25.0.3\n", "", "temurin-25-jdk-amd64",
       "25.0.3"},
      {"/opt/jdk8/bin/javac", "", "javac 1.8.0_392\n", "jdk8", "8.0"},
      {"/opt/jdk/bin/javac", "", "Picked up JAVA_TOOL_OPTIONS: -Xmx1g\njavac 21\n", "jdk", "21"},
      {"/opt/jdk/bin/javac", "", "Error: could not create the Java Virtual Machine.\n", nullptr,
       ""},
      {"javac", "javac 17.0.1\n", "", nullptr, ""},
  };
  for (const Case& one : table) {
    const auto found = java().recognise(
        {.probe = "javac", .executable = one.executable, .out = one.out, .err = one.err});
    ASSERT_EQ(found.has_value(), one.id != nullptr) << one.out << one.err;
    if (!found) continue;
    EXPECT_EQ(found->id, one.id);
    EXPECT_EQ(found->version, one.version);
  }
}

TEST(Java, finds_the_main_class_by_the_path_of_the_entry) {
  EXPECT_EQ(class_for("Main.java"), "Main");
  EXPECT_EQ(class_for("a/b/App.java"), "a.b.App");
  EXPECT_EQ(class_for("./Main.java"), "Main");
  for (const char* odd : {"", "Main", ".java", "a/.java", "-jar.java", "@x.java"}) {
    EXPECT_THROW(class_for(odd), plugin::BadRequest) << odd;
  }
}

TEST(Java, compiles_without_processors_and_names_the_release_for_previews) {
  auto asked = request(plugin::Phase::compile);
  asked.compile_args = {"--enable-preview"};
  const auto argv = java().plan(asked).steps.at(0).argv;
  EXPECT_NE(std::find(argv.begin(), argv.end(), "-proc:none"), argv.end());
  const auto release = std::find(argv.begin(), argv.end(), "--release");
  ASSERT_NE(release, argv.end());
  EXPECT_EQ(*(release + 1), "17");
}

TEST(Java, compiles_and_runs_with_the_archives_that_are_ready) {
  for (const auto phase : {plugin::Phase::compile, plugin::Phase::run}) {
    const bool compile = phase == plugin::Phase::compile;
    auto asked = request(phase);
    const auto cold = java().plan(asked).steps.at(0);
    EXPECT_EQ(cold.layers, plugin::Strings{compile ? "cds-javac" : "cds-java"});
    EXPECT_EQ(cold.repeatable, compile);
    asked.layers = {"cds-javac=/layers/c", "cds-java=/layers/r"};
    const auto warm = java().plan(asked).steps.at(0);
    const std::string archive = compile ? "-J-XX:SharedArchiveFile=/layers/c/javac.jsa"
                                        : "-XX:SharedArchiveFile=/layers/r/java.jsa";
    EXPECT_EQ(std::count(warm.argv.begin(), warm.argv.end(), archive), 1);
    EXPECT_EQ(std::count(cold.argv.begin(), cold.argv.end(), archive), 0);
    EXPECT_EQ(warm.argv.size(), cold.argv.size() + 2);
  }
}

TEST(Java, asks_for_no_archive_that_the_jdk_or_the_users_arguments_rule_out) {
  auto asked = request(plugin::Phase::compile);
  asked.version = "8.0";
  EXPECT_TRUE(java().plan(asked).steps.at(0).layers.empty());
  asked = request(plugin::Phase::run);
  asked.layers = {"cds-java=/layers/r"};
  asked.runtime_args = {"-XX:+UseG1GC"};
  const auto step = java().plan(asked).steps.at(0);
  EXPECT_TRUE(step.layers.empty());
  EXPECT_TRUE(std::none_of(step.argv.begin(), step.argv.end(), [](const std::string& arg) {
    return arg.find("Shared") != std::string::npos;
  }));
}

TEST(Java, refuses_a_job_without_sources) {
  auto asked = request(plugin::Phase::compile);
  asked.files = {"notes.txt"};
  EXPECT_THROW(static_cast<void>(java().plan(asked)), plugin::BadRequest);
}

TEST(Java, reads_what_javac_says) {
  const auto found = java().diagnose(R"(Main.java:3: error: ';' expected
    int x = 1
             ^
a/B.java:7: warning: [unchecked] unchecked call to add(E)
    list.add(1);
            ^
  where E is a type-variable:
error: release version 99 not supported
2 errors
)");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].file, "Main.java");
  EXPECT_EQ(found[0].line, 3U);
  EXPECT_EQ(found[0].column, 14U);
  EXPECT_EQ(found[0].message, "';' expected");
  EXPECT_EQ(found[1].severity, plugin::Severity::warning);
  EXPECT_EQ(found[1].code, "unchecked");
  EXPECT_EQ(found[1].file, "a/B.java");
  EXPECT_EQ(found[2].line, 0U);
  EXPECT_EQ(found[2].message, "release version 99 not supported");
}

TEST(Java, survives_hostile_text) {
  for (const std::string& text :
       {std::string(300'000, '^'), std::string("^\n^\n"),
        "A.java:1: error: " + std::string(300'000, '['), std::string("A.java:1: error: [")}) {
    EXPECT_LE(java().diagnose(text).size(), 1U);
  }
}

TEST(JvmSpec, refuses_a_language_that_it_does_not_have) {
  auto asked = request(plugin::Phase::run);
  asked.language = "basic";
  EXPECT_THROW(static_cast<void>(JvmSpec{}.plan(asked)), plugin::BadRequest);
  EXPECT_TRUE(JvmSpec{}.diagnose({.language = "basic", .text = "A.java:1: error: x"}).empty());
}

}  // namespace
}  // namespace cex::plugins::jvm
