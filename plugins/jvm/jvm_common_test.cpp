// SPDX-License-Identifier: Apache-2.0
#include "jvm_common.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace cex::plugins::jvm {
namespace {

plugin::PlanRequest request() {
  return {.phase = plugin::Phase::run,
          .cpus_milli = 1000,
          .memory_bytes = 256U << 20U,
          .language = "java",
          .executable = "/usr/lib/jvm/java-17-openjdk-amd64/bin/javac",
          .version = "17.0.15",
          .box_dir = "/box",
          .entry_file = "Main.java"};
}

const Jvm kJdk{"/jdk", "17.0.15"};
const Program kMain{.class_path = "/box", .main_class = "Main", .archive = {"cds", "x.jsa"}};

bool has(const plugin::Step& step, const std::string& arg) {
  return std::find(step.argv.begin(), step.argv.end(), arg) != step.argv.end();
}

TEST(JvmHeap, reads_sizes_and_refuses_the_rest) {
  EXPECT_EQ(heap_bytes("-Xmx512m", "-Xmx"), 512ULL << 20U);
  EXPECT_EQ(heap_bytes("-Xmx2G", "-Xmx"), 2ULL << 30U);
  EXPECT_EQ(heap_bytes("-Xmx4096", "-Xmx"), 4096U);
  for (const char* odd : {"-Xmx", "-Xmxm", "-Xmx1x", "-Xmx1mm", "-Xmx-1m", "-Xmx9999999999g"}) {
    EXPECT_FALSE(heap_bytes(odd, "-Xmx")) << odd;
  }
}

TEST(JvmHeap, of_a_compiler_starts_no_larger_than_it_may_grow) {
  const auto heap = [](std::uint64_t memory_bytes) {
    const auto flags = compiler_flags(memory_bytes);
    return flags.at(flags.size() - 2) + " " + flags.back();
  };
  EXPECT_EQ(heap(0), "-Xms96m -Xmx256m");
  EXPECT_EQ(heap(1U << 20U), "-Xms64m -Xmx64m");
  EXPECT_EQ(heap(8ULL << 30U), "-Xms96m -Xmx1024m");
}

TEST(JvmRunStep, gives_the_heap_what_the_user_may_use) {
  const auto step = run_step(request(), kJdk, kMain);
  EXPECT_EQ(step.argv.at(0), "/jdk/bin/java");
  EXPECT_TRUE(has(step, "-Xmx256m"));
  EXPECT_TRUE(has(step, "-XX:+UseSerialGC"));
  EXPECT_TRUE(step.needs_exec_memory);
}

TEST(JvmRunStep, lets_the_user_choose_heap_and_collector) {
  auto asked = request();
  asked.runtime_args = {"-Xmx64m", "-XX:+UseG1GC"};
  const auto step = run_step(asked, kJdk, kMain);
  EXPECT_TRUE(has(step, "-Xmx64m"));
  EXPECT_FALSE(has(step, "-Xmx256m"));
  EXPECT_FALSE(has(step, "-XX:+UseSerialGC"));
}

TEST(JvmRunStep, refuses_a_heap_above_the_limit) {
  auto asked = request();
  asked.runtime_args = {"-Xmx1g"};
  EXPECT_THROW(static_cast<void>(run_step(asked, kJdk, kMain)), plugin::BadRequest);
  asked.runtime_args = {"-Xmxlots"};
  EXPECT_THROW(static_cast<void>(run_step(asked, kJdk, kMain)), plugin::BadRequest);
}

TEST(JvmRunStep, starts_a_jar_without_an_archive) {
  auto asked = request();
  asked.layers = {"cds=/layers/1"};
  EXPECT_TRUE(has(run_step(asked, kJdk, kMain), "-XX:SharedArchiveFile=/layers/1/x.jsa"));
  Program jar = kMain;
  jar.jar = "program.jar";
  const auto step = run_step(asked, kJdk, jar);
  EXPECT_FALSE(has(step, "-XX:SharedArchiveFile=/layers/1/x.jsa"));
  EXPECT_TRUE(step.layers.empty());
  EXPECT_FALSE(has(step, "-cp"));
  EXPECT_EQ(step.argv.back(), "program.jar");
}

TEST(JvmSources, begin_with_the_program_and_leave_out_other_files) {
  auto asked = request();
  asked.files = {"a.txt", "-b.kt", "c.kts", "Main.java", "Main.kt"};
  asked.entry_file = "Main.kt";
  EXPECT_EQ(sources(asked, {".kt", ".kts"}, "Kotlin"),
            (plugin::Strings{"Main.kt", "./-b.kt", "c.kts"}));
  asked.files = {"a.txt"};
  EXPECT_THROW(static_cast<void>(sources(asked, {".kt"}, "Kotlin")), plugin::BadRequest);
}

TEST(JvmHints, do_not_overflow) {
  auto asked = request();
  asked.memory_bytes = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(hints(asked).address_space_bytes, std::numeric_limits<std::uint64_t>::max());
}

TEST(JvmPaths, know_where_debian_keeps_the_configuration) {
  EXPECT_EQ(read_only_paths("/usr/lib/jvm/java-17-openjdk-amd64"),
            (plugin::Strings{"/usr/lib/jvm/java-17-openjdk-amd64", "/etc/java-17-openjdk"}));
  EXPECT_EQ(read_only_paths("/usr/lib/jvm/temurin-25-jdk-amd64"),
            plugin::Strings{"/usr/lib/jvm/temurin-25-jdk-amd64"});
}

}  // namespace
}  // namespace cex::plugins::jvm
