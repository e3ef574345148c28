// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/text_pattern.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cex::plugins {
namespace {

TEST(TextPattern, is_text_with_known_holes_apart_from_each_other) {
  EXPECT_TRUE(is_pattern("{file}:{line}: {message}", {"file", "line", "message"}));
  for (const char* odd :
       {"", "no hole", "{file}{line}", "{file}:{file}", "{other}", "{file", "a{file}{"}) {
    EXPECT_FALSE(is_pattern(odd, {"file", "line"})) << odd;
  }
}

TEST(TextPattern, takes_a_line_apart) {
  const auto found =
      match_line("luac5.4: {file}:{line}: {message}", "luac5.4: main.lua:3: '=' expected: x");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at("file"), "main.lua");
  EXPECT_EQ(found->at("line"), "3");
  EXPECT_EQ(found->at("message"), "'=' expected: x");
  EXPECT_EQ(match_line("<{message}>", "<a>b>")->at("message"), "a>b");
  EXPECT_EQ(match_line("{skip}--> {file}", "--> a")->size(), 1U);
  EXPECT_EQ(match_line("{skip}at {skip} line {line}.", "x at y line 7.")->at("line"), "7");
}

TEST(TextPattern, refuses_what_does_not_fit) {
  const char* pattern = "{file}:{line}: {message}";
  for (const char* line : {"", ":1: x", "a:x: y", "a:1:", "a:1: ", "a", "a:99999999999: x"}) {
    EXPECT_FALSE(match_line(pattern, line)) << line;
  }
  EXPECT_FALSE(match_line("<{message}>", "<a"));
}

TEST(TextPattern, finds_a_version_in_the_middle_of_text) {
  EXPECT_EQ(find_version("Lua {version} ", "Lua 5.4.4  Copyright"), "5.4.4");
  EXPECT_EQ(find_version("version {version}(", "GNU bash, version 5.2.15(1)-release"), "5.2.15");
  EXPECT_EQ(find_version("v{version}", "very v1.2."), "1.2");
  EXPECT_FALSE(find_version("Lua {version} ", "Lua x 5.4"));
  EXPECT_FALSE(find_version("Lua {version} ", ""));
}

TEST(TextPattern, is_linear_on_hostile_text) {
  const std::string colons(200'000, ':');
  EXPECT_FALSE(match_line("{file}:{line}: {message}", colons));
  EXPECT_FALSE(find_version("::{version}", colons));
}

}  // namespace
}  // namespace cex::plugins
