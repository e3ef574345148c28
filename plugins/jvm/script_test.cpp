// SPDX-License-Identifier: Apache-2.0
// Groovy and Clojure: what both do, and where they differ.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "jvm_gate.hpp"
#include "jvm_language.hpp"

namespace cex::plugins::jvm {
namespace {

struct Script {
  JvmLanguage language;
  const char* probe;
  const char* answer;
  const char* toolchain;
  const char* layer;
  const char* file;
};

std::vector<Script> all() {
  return {
      {groovy(), "groovy-debian", "Groovy Version: 2.4.21 JVM: 17.0.15 Vendor: Debian OS: Linux\n",
       "groovy-2.4.21", "cds-groovy", "main.groovy"},
      {clojure(), "clojure", "Clojure 1.11.1\n", "clojure-1.11.1", "cds-clojure", "main.clj"}};
}

plugin::PlanRequest request(const Script& script, plugin::Phase phase) {
  return {.phase = phase,
          .cpus_milli = 1000,
          .memory_bytes = 256U << 20U,
          .toolchain = script.toolchain,
          .executable = "/jdk/bin/java",
          .box_dir = "/box",
          .out_dir = "/box",
          .entry_file = script.file,
          .files = {script.file},
          .args = {"one"},
          .tools = {"java-17=/jdk/bin/java"}};
}

std::string class_path(const plugin::Strings& argv) {
  const auto flag = std::find(argv.begin(), argv.end(), "-cp");
  return flag == argv.end() ? std::string{} : *(flag + 1);
}

TEST(Scripts, are_recognised_by_what_their_jars_say) {
  for (const Script& script : all()) {
    const auto found = script.language.recognise(
        {.probe = script.probe, .executable = "/jdk/bin/java", .out = script.answer});
    ASSERT_TRUE(found) << script.probe;
    EXPECT_EQ(found->id, script.toolchain);
    EXPECT_FALSE(script.language.recognise({.probe = script.probe,
                                            .executable = "/jdk/bin/java",
                                            .exit_code = 1,
                                            .out = script.answer}));
    EXPECT_FALSE(script.language.recognise(
        {.probe = "javac", .executable = "/jdk/bin/java", .out = script.answer}));
  }
}

TEST(Scripts, have_nothing_to_compile_and_run_on_their_archive) {
  for (const Script& script : all()) {
    EXPECT_TRUE(script.language.plan(request(script, plugin::Phase::compile)).steps.empty());
    const auto warm = script.language.plan(request(script, plugin::Phase::warm));
    ASSERT_EQ(warm.layers.size(), 1U);
    EXPECT_EQ(warm.layers[0].id, script.layer);
    ASSERT_EQ(warm.steps.size(), 3U);
    const auto run = script.language.plan(request(script, plugin::Phase::run)).steps.at(0);
    EXPECT_EQ(run.layers, plugin::Strings{script.layer});
    EXPECT_EQ(class_path(run.argv), class_path(warm.steps[1].argv) + ":/box");
    EXPECT_EQ(run.argv.back(), "one");
    EXPECT_EQ(run.argv.at(run.argv.size() - 2), "./" + std::string(script.file));
  }
}

TEST(Scripts, wait_at_the_gate) {
  if (gate_object().empty()) GTEST_SKIP() << "built without jvmti.h";
  for (const Script& script : all()) {
    EXPECT_EQ(script.language.plan(request(script, plugin::Phase::run)).preboots.size(), 1U);
  }
}

TEST(Clojure, does_not_wait_for_a_job_with_files_that_it_reads_as_it_starts) {
  const Script script = all().at(1);
  for (const char* file : {"user.clj", "src/user.cljc", "data_readers.clj", "data_readers.cljc"}) {
    auto asked = request(script, plugin::Phase::run);
    asked.files.push_back(file);
    EXPECT_TRUE(script.language.plan(asked).preboots.empty()) << file;
  }
}

TEST(Groovy, takes_the_jars_of_an_unpacked_distribution) {
  const Script script = all().at(0);
  auto asked = request(script, plugin::Phase::run);
  asked.executable = "/opt/groovy-4.0.22/bin/groovy";
  EXPECT_EQ(class_path(script.language.plan(asked).steps.at(0).argv),
            "/opt/groovy-4.0.22/lib/*:/box");
}

}  // namespace
}  // namespace cex::plugins::jvm
