// SPDX-License-Identifier: Apache-2.0
#include "direct.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "build.hpp"
#include "layer.hpp"
#include "plain_header.hpp"
#include "toolchain.hpp"

namespace cex::plugins::go {
namespace {

plugin::PlanRequest request() {
  return {.phase = plugin::Phase::compile,
          .cpus_milli = 2000,
          .language = "go",
          .executable = "/usr/local/go/bin/go",
          .version = "1.26.8",
          .box_dir = "/box",
          .entry_file = "main.go",
          .files = {"main.go"},
          .options = {"optimize=on"},
          .contents = {"package main\n\nimport \"fmt\"\nimport \"unsafe\"\n\nfunc main() {}\n"},
          .layers = {"go-std-1.26.8=/layers/3f2a"},
          .tools = {"sh=/usr/bin/dash"}};
}

bool has(const plugin::Strings& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

TEST(Direct, is_an_attempt_with_the_layer) {
  const auto step = direct_step(request());
  ASSERT_TRUE(step);
  EXPECT_TRUE(step->attempt);
  EXPECT_TRUE(step->repeatable);
  EXPECT_EQ(step->argv.front(), "/usr/bin/dash");
  EXPECT_EQ(plugin::Strings(step->argv.begin() + 3, step->argv.end()),
            (plugin::Strings{"direct", tools_of("/usr/local/go/bin/go"), "2", "/layers/3f2a", "fmt",
                             "go-direct: void", "./main.go"}));
  EXPECT_EQ(step->outputs, plugin::Strings{"program"});
  EXPECT_EQ(step->layers, plugin::Strings{"go-std-1.26.8"});
}

TEST(Direct, needs_the_layer_the_shell_and_a_plain_job) {
  auto asked = request();
  asked.layers = {"go-std-1.26.7=/layers/3f2a"};
  EXPECT_FALSE(direct_step(asked));
  asked = request();
  asked.tools.clear();
  EXPECT_FALSE(direct_step(asked));
  asked = request();
  asked.options = {"optimize=off"};
  EXPECT_FALSE(direct_step(asked));
  asked = request();
  asked.compile_args = {"-tags=x"};
  EXPECT_FALSE(direct_step(asked));
  asked = request();
  asked.contents = {"package other\n"};
  EXPECT_FALSE(direct_step(asked));
}

TEST(Direct, leaves_errors_to_go_build_where_imports_are_not_plain) {
  auto asked = request();
  asked.contents = {"package main\n\nimport `fmt`\n\nfunc main() {}\n"};
  const auto step = direct_step(asked);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->argv.at(7), "-");
  EXPECT_TRUE(has(step->unless, step->argv.at(8)));
}

TEST(Direct, collects_garbage_only_near_the_limit) {
  auto asked = request();
  asked.memory_bytes = 256U << 20U;
  EXPECT_TRUE(has(direct_step(asked)->env, "GOGC=off"));
  EXPECT_TRUE(has(direct_step(asked)->env, "GOMEMLIMIT=134217728"));
  asked.memory_bytes = 0;
  EXPECT_TRUE(has(direct_step(asked)->env, "GOMEMLIMIT=536870912"));
  // Without that limit, no collection at all would be a risk.
  asked.version = "1.18.10";
  asked.layers = {"go-std-1.18.10=/layers/3f2a"};
  EXPECT_FALSE(has(direct_step(asked)->env, "GOGC=off"));
}

TEST(Build, reads_the_cache_of_the_layer) {
  auto asked = request();
  EXPECT_TRUE(has(build_step(asked).env, "GOCACHE=/layers/3f2a/cache"));
  EXPECT_FALSE(has(build_step(asked).env, "GODEBUG=goindex=0"));
  asked.files.emplace_back("go.mod");
  // An index of modules would have to be written to it.
  EXPECT_TRUE(has(build_step(asked).env, "GODEBUG=goindex=0"));
  asked.layers.clear();
  EXPECT_TRUE(has(build_step(asked).env, "GOCACHE=/tmp/go-cache"));
  EXPECT_FALSE(has(build_step(asked).env, "GODEBUG=goindex=0"));
  EXPECT_EQ(build_step(asked).layers, plugin::Strings{"go-std-1.26.8"});
}

TEST(Build, can_be_repeated_if_it_reads_the_files_of_the_job_only) {
  auto asked = request();
  EXPECT_TRUE(build_step(asked).repeatable);
  asked.files = {"main.go", "lib/b.go", "in.txt", "go.mod"};
  asked.contents = {asked.contents[0], "package lib\n", "", "module a\n"};
  EXPECT_TRUE(build_step(asked).repeatable);
  asked.contents[3] = "module a\nreplace b => /usr/share/b\n";
  EXPECT_FALSE(build_step(asked).repeatable);
  asked.contents[3] = "module a\n";
  asked.contents[1] = "package lib\nimport \"../../usr/share/b\"\n";
  EXPECT_FALSE(build_step(asked).repeatable);
  asked.contents.clear();
  EXPECT_FALSE(build_step(asked).repeatable);
  for (const char* name : {"go.work", "a.s", "a.h"}) {
    asked = request();
    asked.files.emplace_back(name);
    asked.contents.emplace_back("x");
    EXPECT_FALSE(build_step(asked).repeatable) << name;
  }
}

TEST(Build, of_a_profiled_program_compiles_the_library_anew) {
  auto asked = request();
  asked.files = {"main.go", "go.mod", "default.pgo"};
  EXPECT_TRUE(has(build_step(asked).env, "GOCACHE=/tmp/go-cache"));
  EXPECT_FALSE(has(build_step(asked).env, "GODEBUG=goindex=0"));
}

TEST(Layer, is_filled_with_what_jobs_will_do) {
  auto asked = request();
  asked.phase = plugin::Phase::warm;
  asked.entry_file = {};
  asked.files.clear();
  asked.contents.clear();
  const plugin::Plan plan = warm_plan(asked);
  ASSERT_EQ(plan.steps.size(), 1U);
  ASSERT_EQ(plan.layers.size(), 1U);
  EXPECT_EQ(plan.layers[0].id, "go-std-1.26.8");
  const plugin::Step& step = plan.steps[0];
  EXPECT_EQ(step.layers, plugin::Strings{plan.layers[0].id});
  EXPECT_TRUE(has(step.env, "GOCACHE=/box/cache"));
  const plugin::Strings build = build_command(request());
  EXPECT_NE(std::search(step.argv.begin(), step.argv.end(), build.begin(), build.end()),
            step.argv.end());
  ASSERT_TRUE(plain_imports(plan.files[2].content));  // else no error is ever said directly
  const plugin::Strings direct = direct_command(
      request(), "/box", {.sources = {"main.go"}, .imports = plain_imports(plan.files[2].content)});
  ASSERT_FALSE(direct.empty());
  EXPECT_NE(std::search(step.argv.begin(), step.argv.end(), direct.begin(), direct.end()),
            step.argv.end());
  ASSERT_EQ(plan.files.size(), 3U);
  EXPECT_NE(plan.files[0].content.find("package main"), std::string::npos);
}

TEST(Layer, has_its_cache_even_where_there_is_no_shell) {
  auto asked = request();
  asked.phase = plugin::Phase::warm;
  asked.tools.clear();
  EXPECT_EQ(warm_plan(asked).steps.at(0).argv.back(), "--");
}

}  // namespace
}  // namespace cex::plugins::go
