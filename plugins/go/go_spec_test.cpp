// SPDX-License-Identifier: Apache-2.0
#include "go_spec.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace cex::plugins {
namespace {

plugin::PlanRequest request() {
  return {.phase = plugin::Phase::compile,
          .cpus_milli = 2000,
          .memory_bytes = 256U << 20U,
          .language = "go",
          .executable = "/usr/local/go/bin/go",
          .version = "1.26.8",
          .box_dir = "/box",
          .entry_file = "main.go",
          .files = {"main.go"}};
}

plugin::Step only_step(const plugin::PlanRequest& asked) {
  return GoSpec{}.plan(asked).steps.at(0);
}

bool has(const plugin::Strings& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

TEST(GoSpec, recognises_releases_and_nothing_else) {
  struct Case {
    const char* out;
    const char* version;  // null: not recognised
  };
  const Case table[] = {{"go version go1.26.8 linux/amd64\n", "1.26.8"},
                        {"go version go1.19 linux/amd64\n", "1.19"},
                        {"go version go1.22rc1 linux/amd64\n", "1.22"},
                        {"go version devel go1.23-abc linux/amd64\n", nullptr},
                        {"gccgo (Debian 12.2.0) 12.2.0\n", nullptr},
                        {"", nullptr}};
  for (const Case& one : table) {
    const auto found =
        GoSpec{}.recognise({.probe = "go", .executable = "/usr/local/go/bin/go", .out = one.out});
    ASSERT_EQ(found.has_value(), one.version != nullptr) << one.out;
    if (!found) continue;
    EXPECT_EQ(found->version, one.version);
    EXPECT_EQ(found->read_only_paths, plugin::Strings{"/usr/local/go"});
  }
}

TEST(GoSpec, knows_a_shell_by_its_answer) {
  const auto found =
      GoSpec{}.recognise({.probe = "sh", .executable = "/usr/bin/dash", .out = "shell\n"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "sh");
  EXPECT_TRUE(found->languages.empty());
  EXPECT_FALSE(GoSpec{}.recognise({.probe = "sh", .executable = "/usr/bin/dash", .out = "?"}));
  EXPECT_FALSE(GoSpec{}.recognise(
      {.probe = "sh", .executable = "/usr/bin/dash", .exit_code = 2, .out = "shell\n"}));
}

TEST(GoSpec, has_the_build_behind_every_attempt) {
  auto asked = request();
  asked.contents = {"package main\n\nfunc main() {}\n"};
  asked.layers = {"go-std-1.26.8=/layers/3f2a"};
  asked.tools = {"sh=/usr/bin/dash"};
  const plugin::Plan plan = GoSpec{}.plan(asked);
  ASSERT_EQ(plan.steps.size(), 2U);
  EXPECT_TRUE(plan.steps[0].attempt);
  EXPECT_FALSE(plan.steps[1].attempt);
  EXPECT_EQ(plan.steps[1].name, "go-build");
}

TEST(GoSpec, never_lets_a_build_out) {
  const auto env = only_step(request()).env;
  for (const char* item : {"CGO_ENABLED=0", "GOPROXY=off", "GOTOOLCHAIN=local", "GOENV=off",
                           "GOSUMDB=off", "GO111MODULE=off", "GOCACHE=/tmp/go-cache"}) {
    EXPECT_TRUE(has(env, item)) << item;
  }
}

TEST(GoSpec, takes_modules_and_vendored_ones) {
  auto asked = request();
  asked.files = {"main.go", "go.mod"};
  EXPECT_TRUE(has(only_step(asked).env, "GO111MODULE=on"));
  EXPECT_TRUE(has(only_step(asked).env, "GOFLAGS=-buildvcs=false -mod=mod"));
  asked.files.emplace_back("vendor/modules.txt");
  EXPECT_TRUE(has(only_step(asked).env, "GOFLAGS=-buildvcs=false -mod=vendor"));
}

TEST(GoSpec, spares_an_old_compiler_flags_that_it_does_not_know) {
  auto asked = request();
  asked.version = "1.15.9";
  for (const std::string& item : only_step(asked).env) EXPECT_NE(item.substr(0, 8), "GOFLAGS=");
}

TEST(GoSpec, builds_the_package_of_the_entry_file) {
  auto asked = request();
  asked.entry_file = "cmd/tool/main.go";
  EXPECT_EQ(only_step(asked).argv.back(), "./cmd/tool");
  asked.entry_file = "notes.txt";
  EXPECT_THROW(static_cast<void>(GoSpec{}.plan(asked)), plugin::BadRequest);
}

TEST(GoSpec, tells_the_run_time_system_its_share) {
  auto asked = request();
  asked.phase = plugin::Phase::run;
  asked.cpus_milli = 1500;
  const auto step = only_step(asked);
  EXPECT_TRUE(has(step.env, "GOMAXPROCS=2"));
  EXPECT_TRUE(has(step.env, "GOMEMLIMIT=241591905"));
  EXPECT_EQ(step.argv, plugin::Strings{"/box/program"});
}

TEST(GoSpec, reads_what_the_compiler_says) {
  const auto found = GoSpec{}.diagnose({.text = "# _/box\n./main.go:5:2: undefined: x\n"
                                                "./main.go:9:14: too many errors\n"});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].file, "main.go");
  EXPECT_EQ(found[0].line, 5U);
  EXPECT_EQ(found[0].column, 2U);
  EXPECT_EQ(found[0].message, "undefined: x");
  EXPECT_EQ(found[0].severity, plugin::Severity::error);
}

}  // namespace
}  // namespace cex::plugins
