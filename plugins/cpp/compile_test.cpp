// SPDX-License-Identifier: Apache-2.0
#include "compile.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace cex::plugins::cpp {
namespace {

plugin::PlanRequest request() {
  return {.phase = plugin::Phase::compile,
          .language = "cpp",
          .toolchain = "g++-12",
          .executable = "/usr/bin/x86_64-linux-gnu-g++-12",
          .version = "12.2.0",
          .box_dir = "/box",
          .entry_file = "main.cpp",
          .files = {"main.cpp"}};
}

bool has(const plugin::Step& step, const std::string& arg) {
  return std::find(step.argv.begin(), step.argv.end(), arg) != step.argv.end();
}

TEST(CompileStep, takes_all_sources_of_the_language_and_no_others) {
  auto asked = request();
  asked.files = {"main.cpp", "lib/a.cc", "lib/a.hpp", "data.txt", "old.c", "-o.cpp", "@x.cpp"};
  const auto step = compile_step(asked);
  EXPECT_TRUE(has(step, "main.cpp"));
  EXPECT_TRUE(has(step, "lib/a.cc"));
  EXPECT_FALSE(has(step, "lib/a.hpp"));
  EXPECT_FALSE(has(step, "data.txt"));
  EXPECT_FALSE(has(step, "old.c"));
  EXPECT_TRUE(has(step, "./-o.cpp"));
  EXPECT_TRUE(has(step, "./@x.cpp"));
  EXPECT_EQ(step.outputs, plugin::Strings{"program"});
}

TEST(CompileStep, says_which_files_it_wanted) {
  auto asked = request();
  asked.files = {"notes.txt"};
  asked.entry_file = "";
  EXPECT_THROW(static_cast<void>(compile_step(asked)), plugin::BadRequest);
}

TEST(CompileStep, compiles_an_entry_with_a_strange_ending) {
  auto asked = request();
  asked.files = {"solution"};
  asked.entry_file = "solution";
  const auto step = compile_step(asked);
  const auto at = std::find(step.argv.begin(), step.argv.end(), "-x");
  ASSERT_NE(at, step.argv.end());
  EXPECT_EQ(*(at + 1), "c++");
  EXPECT_EQ(*(at + 2), "solution");
}

TEST(CompileStep, calls_a_new_standard_by_the_name_that_the_compiler_knows) {
  auto asked = request();
  asked.options = {"std=c++23"};
  EXPECT_TRUE(has(compile_step(asked), "-std=c++23"));
  asked.toolchain = "clang-14";
  asked.version = "14.0.6";
  EXPECT_TRUE(has(compile_step(asked), "-std=c++2b"));
  asked.language = "c";
  asked.toolchain = "gcc-12";
  asked.version = "12.2.0";
  asked.options = {"std=gnu23"};
  EXPECT_TRUE(has(compile_step(asked), "-std=gnu2x"));
}

TEST(CompileStep, puts_the_users_arguments_after_ours_and_libraries_last) {
  auto asked = request();
  asked.options = {"optimize=2", "warnings=extra"};
  asked.compile_args = {"-lpthread", "-O3", "-DN=1"};
  const auto argv = compile_step(asked).argv;
  const auto at = [&](const char* arg) {
    return std::find(argv.begin(), argv.end(), arg) - argv.begin();
  };
  EXPECT_LT(at("-O2"), at("-O3"));
  EXPECT_LT(at("-DN=1"), at("main.cpp"));
  EXPECT_LT(at("main.cpp"), at("-lpthread"));
  EXPECT_LT(at("-Wextra"), at("main.cpp"));
}

TEST(CompileStep, tells_clang_which_driver_is_meant) {
  auto asked = request();
  asked.toolchain = "clang-14";
  asked.executable = "/usr/lib/llvm-14/bin/clang";
  EXPECT_EQ(compile_step(asked).argv.at(1), "--driver-mode=g++");
}

TEST(RunStep, widens_the_address_space_for_the_address_sanitizer_only) {
  auto asked = request();
  asked.phase = plugin::Phase::run;
  asked.args = {"-x", "y"};
  EXPECT_EQ(run_step(asked).argv, (plugin::Strings{"/box/program", "-x", "y"}));
  EXPECT_TRUE(run_step(asked).keep_stdin);
  EXPECT_EQ(run_step(asked).hints.address_space_bytes, 0U);
  asked.compile_args = {"-fsanitize=address,undefined"};
  EXPECT_GT(run_step(asked).hints.address_space_bytes, 1ULL << 44U);
}

}  // namespace
}  // namespace cex::plugins::cpp
