// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <ostream>
#include <string>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/matrix_fixture.hpp"

namespace cex::tests {
namespace {

using ::testing::ElementsAre;

struct Built {
  const char* folder;
  const char* language;
  const char* probe;
  const char* executable;
  const char* output;
  const char* version;
  const char* diagnosis;
};

void PrintTo(const Built& built, std::ostream* out) {
  *out << built.folder;
}

constexpr const char* kMawk = "mawk 1.3.4 20200120\n";
constexpr const char* kPerl = "\nThis is perl 5, version 36, subversion 0 (v5.36.0) built for x\n";
constexpr const char* kAwkSays = "mawk: ./main: line 3: syntax error at or near }\n";
constexpr const char* kPerlSays = "syntax error at main line 3, near \"}\"\n";

using Way = std::tuple<Built, plugins::Isolation>;

class Matrix : public ::testing::TestWithParam<Way> {
 protected:
  static const Built& built() { return std::get<0>(GetParam()); }
  static plugins::Isolation isolation() { return std::get<1>(GetParam()); }

  void SetUp() override {
    const std::string folder = matrix_folder(built().folder);
    if (!std::filesystem::exists(folder + "/plugin.json")) {
      GTEST_SKIP() << folder << " was not built: run the tests plugins.build.*, or the compiler is "
                   << "not installed";
    }
    registry_ = load_from(folder, isolation());
    ASSERT_EQ(state_of(folder, isolation()), "loaded");
    const auto* entry = registry_->find(built().language);
    ASSERT_NE(entry, nullptr);
    spec_ = entry->plugin->spec;
  }

  std::shared_ptr<const plugins::Registry> registry_;
  std::shared_ptr<const langspec::LangSpec> spec_;
};

TEST_P(Matrix, recognises_its_tool) {
  const auto found = spec_->recognise({built().probe, built().executable, 0, built().output, ""});
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->version, built().version);
  EXPECT_THAT((*found)->languages, ElementsAre(built().language));
}

TEST_P(Matrix, plans_a_run) {
  const auto found = spec_->recognise({built().probe, built().executable, 0, built().output, ""});
  ASSERT_TRUE(found && *found);
  langspec::PlanRequest request;
  request.language = built().language;
  request.toolchain = (*found)->id;
  request.executable = built().executable;
  request.entry_file = "main";
  request.files = {"main"};
  request.args = {"a b"};
  const auto plan = spec_->plan(request);
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(plan->steps.size(), 1U);
  EXPECT_EQ(plan->steps[0].argv.front(), built().executable);
  EXPECT_EQ(plan->steps[0].argv.back(), "a b");
  EXPECT_EQ(plan->steps[0].phase, langspec::Phase::run);
  EXPECT_TRUE(plan->steps[0].keep_stdin);
}

TEST_P(Matrix, reads_diagnostics) {
  const auto found = spec_->diagnose(built().language, built().diagnosis, false);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().file, "main");
  EXPECT_EQ(found->front().line, 3U);
}

TEST_P(Matrix, outlives_its_registry_and_is_closed_with_the_last_owner) {
  registry_.reset();
  EXPECT_TRUE(spec_->describe());
  spec_.reset();
  EXPECT_EQ(state_of(matrix_folder(built().folder), isolation()), "loaded");
}

INSTANTIATE_TEST_SUITE_P(
    Compilers, Matrix,
    ::testing::Combine(
        ::testing::Values(
            Built{"g++/awk", "demo-awk", "mawk", "/usr/bin/mawk", kMawk, "1.3.4", kAwkSays},
            Built{"clang-libstdc++/awk", "demo-awk", "mawk", "/usr/bin/mawk", kMawk, "1.3.4",
                  kAwkSays},
            Built{"clang-libc++/awk", "demo-awk", "mawk", "/usr/bin/mawk", kMawk, "1.3.4",
                  kAwkSays},
            Built{"gcc/perl", "demo-perl", "perl", "/usr/bin/perl", kPerl, "5.36.0", kPerlSays},
            Built{"clang/perl", "demo-perl", "perl", "/usr/bin/perl", kPerl, "5.36.0", kPerlSays},
            Built{"json/sh", "demo-sh", "demo-sh", "/usr/bin/bash",
                  "GNU bash, version 5.2.15(1)-release\n", "5.2.15", "main: line 3: oops\n"},
            Built{"fixtures/older", "demo-perl", "perl", "/usr/bin/perl", kPerl, "5.36.0",
                  kPerlSays},
            Built{"fixtures/newer", "demo-perl", "perl", "/usr/bin/perl", kPerl, "5.36.0",
                  kPerlSays}),
        ::testing::Values(plugins::Isolation::none, plugins::Isolation::all)),
    [](const auto& way) {
      std::string name = std::get<0>(way.param).folder;
      for (char& c : name) {
        if (c == '+') c = 'x';
        if (c == '/' || c == '-') c = '_';
      }
      return name + (std::get<1>(way.param) == plugins::Isolation::all ? "_in_its_process" : "");
    });

}  // namespace
}  // namespace cex::tests
