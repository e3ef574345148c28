// SPDX-License-Identifier: Apache-2.0
#include "core/policy/path_rules.hpp"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::policy {
namespace {

using ::testing::HasSubstr;

BoxFile file(std::string path, std::string content = "x") {
  return {std::move(path), std::make_shared<const std::string>(std::move(content)), false, false};
}

std::string parts(std::size_t count) {
  std::string path = "a";
  for (std::size_t i = 1; i < count; ++i) path += "/a";
  return path;
}

TEST(CheckPath, takes_ordinary_names) {
  for (const std::string path : {"main.py", "src/a b/c++.hpp", "\xC3\xA9t\xC3\xA9.py", ".hidden",
                                 "a..b", "...", "a-b@c", "%2e%2e", "a:b*?\"'$"}) {
    EXPECT_TRUE(check_path(path)) << path;
  }
}

TEST(CheckPath, refuses_every_name_that_could_lead_elsewhere) {
  const std::string_view bad[] = {"",       "/etc/passwd", "a//b",     "a/",
                                  "./a",    "a/.",         "..",       "../a",
                                  "a/..",   "a/../b",      "-rf",      "a/-rf",
                                  "@file",  "a/@file",     "a\\b",     "a\nb",
                                  "a\177b", "\x80",        "\xC0\xAF", std::string_view{"a\0b", 3}};
  for (const auto path : bad) {
    const auto checked = check_path(path);
    ASSERT_FALSE(checked) << path;
    EXPECT_EQ(checked.error().code, Errc::invalid_request);
  }
}

TEST(CheckPath, holds_the_bounds_exactly) {
  EXPECT_TRUE(check_path(std::string(255, 'a')));
  EXPECT_FALSE(check_path(std::string(256, 'a')));
  EXPECT_TRUE(check_path(parts(32)));
  EXPECT_FALSE(check_path(parts(33)));
  const std::string long_part(255, 'a');
  const std::string four = long_part + "/" + long_part + "/" + long_part + "/" + long_part;
  EXPECT_TRUE(check_path(four));          // 1023 bytes
  EXPECT_FALSE(check_path(four + "/a"));  // 1025
}

TEST(CheckPath, does_not_echo_the_name) {
  EXPECT_THAT(check_path("secret/../x").error().message, Not(HasSubstr("secret")));
}

TEST(CheckFileSet, points_at_the_file_that_is_wrong) {
  const auto checked = check_file_set({file("a"), file("b"), file("../c")});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().pointer, "/files/2/path");
}

TEST(CheckFileSet, refuses_a_name_given_twice) {
  const auto checked = check_file_set({file("a"), file("b"), file("a")});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().pointer, "/files/2/path");
  EXPECT_THAT(checked.error().message, HasSubstr("twice"));
}

TEST(CheckFileSet, refuses_a_file_that_is_also_a_folder_in_either_order) {
  for (const FileSet& files :
       {FileSet{file("a"), file("a/b")}, FileSet{file("x/a/b"), file("x/a")}}) {
    const auto checked = check_file_set(files);
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().message, HasSubstr("folder"));
  }
  EXPECT_TRUE(check_file_set({file("a"), file("ab/c"), file("a.b")}));
}

TEST(CheckFileSet, bounds_count_and_bytes) {
  const FileSetBounds bounds{.max_files = 2, .max_bytes = 10};
  EXPECT_TRUE(check_file_set({file("a", "12345"), file("b", "12345")}, bounds));
  EXPECT_EQ(check_file_set({file("a", "12345"), file("b", "123456")}, bounds).error().code,
            Errc::too_large);
  EXPECT_EQ(check_file_set({file("a"), file("b"), file("c")}, bounds).error().code,
            Errc::too_large);
  EXPECT_FALSE(check_file_set({}, bounds));
}

TEST(CheckGlob, is_a_path_with_stars) {
  EXPECT_TRUE(check_glob("**/*.class"));
  EXPECT_FALSE(check_glob("../*.class"));
  EXPECT_FALSE(check_glob("/out/*"));
  EXPECT_FALSE(check_glob("*a*a*a*a*a*a*a*a*"));
}

}  // namespace
}  // namespace cex::policy
