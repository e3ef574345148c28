// SPDX-License-Identifier: Apache-2.0
#include "core/policy/option_rules.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::policy {
namespace {

using langspec::Option;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<Option>& offered() {
  static const std::vector<Option> options{
      {"cpp", "std", "c++17", {"c++17", "c++20"}, Option::Kind::choice},
      {"cpp", "optimise", "", {"0", "2"}, Option::Kind::choice},
      {"cpp", "note", "", {}, Option::Kind::free_text},
      {"c", "std", "c17", {"c11", "c17"}, Option::Kind::choice},
      {"cpp",
       "args",
       "",
       {"-O2", "-std=*", "-D*", "-W*", "-Wl,*", "*"},
       Option::Kind::compile_argument},
  };
  return options;
}

TEST(CheckOptions, fills_in_defaults_and_takes_what_is_listed) {
  EXPECT_THAT(*check_options(offered(), "cpp", {}), ElementsAre("std=c++17"));
  EXPECT_THAT(*check_options(offered(), "cpp", {{"optimise", "2"}, {"std", "c++20"}}),
              ElementsAre("std=c++20", "optimise=2"));
  EXPECT_THAT(*check_options(offered(), "go", {}), IsEmpty());
}

TEST(CheckOptions, a_value_that_is_not_listed_names_those_that_are) {
  const auto refused = check_options(offered(), "cpp", {{"std", "c17"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().pointer, "/compile/options/std");
  EXPECT_THAT(refused.error().message, HasSubstr("c++17, c++20"));
}

TEST(CheckOptions, unknown_and_free_text_options_are_refused) {
  EXPECT_THAT(check_options(offered(), "cpp", {{"lto", "1"}}).error().message,
              HasSubstr("std, optimise"));
  EXPECT_THAT(check_options(offered(), "go", {{"lto", "1"}}).error().message, HasSubstr("none"));
  EXPECT_FALSE(check_options(offered(), "cpp", {{"note", "x"}}));
  EXPECT_FALSE(check_options(offered(), "cpp", {{"args", "-O2"}}));
}

TEST(CheckCompileArgs, takes_exact_arguments_and_tight_patterns) {
  EXPECT_TRUE(check_compile_args(offered(), "cpp",
                                 {"-O2", "-std=c++20", "-DNAME=\"a b\"", "-DLIST=1,2", "-Wall"}));
}

TEST(CheckCompileArgs, a_star_is_no_way_to_name_a_file_or_carry_arguments) {
  const std::string bad[] = {"-O3",
                             "-std=",
                             "-D",
                             "-DX=/etc/passwd",
                             "-DX=../a",
                             "-D@file",
                             "-DX=a\\b",
                             "-Wl,-T,x",
                             "-Wa,-I",
                             "-DX=\n",
                             "-DX=\x80",
                             "@args",
                             "main.cpp",
                             "-fplugin=x",
                             "",
                             std::string("-DX\0Y", 5),
                             "-D" + std::string(300, 'x')};
  for (const std::string& argument : bad) {
    EXPECT_FALSE(check_compile_args(offered(), "cpp", {argument})) << argument;
  }
}

TEST(CheckCompileArgs, points_at_the_argument) {
  const auto refused = check_compile_args(offered(), "cpp", {"-O2", "-O2", "-o/etc/x"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().pointer, "/compile/args/2");
  EXPECT_THAT(refused.error().message, HasSubstr("-std=*"));
  EXPECT_THAT(check_compile_args(offered(), "c", {"-O2"}).error().message, HasSubstr("none"));
}

TEST(CheckProgramArgs, any_byte_is_data_but_nul) {
  EXPECT_TRUE(check_program_args({"", "--", "@x", "/etc/passwd", "\xFF\n"}));
  EXPECT_EQ(check_program_args({"a", std::string("b\0", 2)}).error().pointer, "/args/1");
  EXPECT_FALSE(check_program_args({std::string(8193, 'x')}));
  EXPECT_FALSE(check_program_args(std::vector<std::string>(257)));
}

}  // namespace
}  // namespace cex::policy
