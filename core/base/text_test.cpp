// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"

#include <gtest/gtest.h>

namespace cex {
namespace {

TEST(Utf8, accepts_well_formed_and_refuses_the_classic_traps) {
  EXPECT_TRUE(is_valid_utf8("plain"));
  EXPECT_TRUE(is_valid_utf8("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"));
  EXPECT_TRUE(is_valid_utf8(std::string_view{"\0", 1}));
  EXPECT_FALSE(is_valid_utf8("\xC0\x80"));          // overlong NUL
  EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_FALSE(is_valid_utf8("\xE2\x82"));          // cut
  EXPECT_FALSE(is_valid_utf8("\x80"));
}

TEST(Base64, goes_there_and_back_and_is_strict) {
  for (const std::string text : {"", "a", "ab", "abc", "\xFF\x00\x01"}) {
    EXPECT_EQ(base64_decode(base64_encode(text)), text);
  }
  EXPECT_EQ(base64_encode("hello"), "aGVsbG8=");
  EXPECT_FALSE(base64_decode("aGVsbG8"));
  EXPECT_FALSE(base64_decode("aGVs bG8="));
  EXPECT_FALSE(base64_decode("===="));
}

TEST(Sha256, matches_the_published_vector) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Glob, stars_respect_components) {
  EXPECT_TRUE(glob_match("*.class", "Main.class"));
  EXPECT_FALSE(glob_match("*.class", "a/Main.class"));
  EXPECT_TRUE(glob_match("**/*.class", "a/b/Main.class"));
  EXPECT_TRUE(glob_match("**/*.class", "Main.class"));
  EXPECT_TRUE(glob_match("out/?", "out/a"));
  EXPECT_FALSE(glob_match("out/?", "out/"));
  EXPECT_TRUE(glob_match("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(glob_match("a*b*c", "aXbY/bZc"));
  EXPECT_TRUE(glob_match("**/b/*.o", "a/b/c/b/x.o"));
  EXPECT_TRUE(glob_match("a/**", "a/b/c"));
  EXPECT_TRUE(glob_match("*", "a"));
  EXPECT_TRUE(glob_match("", ""));
  EXPECT_FALSE(glob_match("", "a"));
  EXPECT_TRUE(glob_match("a**/b", "ax/y/b"));
  EXPECT_FALSE(glob_match("a**/b", "ab"));
  EXPECT_TRUE(glob_match("***/b", "a/b"));
}

TEST(Glob, a_hostile_pattern_costs_no_more_than_any_other) {
  std::string pattern;
  for (int i = 0; i < 300; ++i) pattern += "**/*a";
  EXPECT_FALSE(glob_match(pattern + "b", std::string(1000, 'a')));
  EXPECT_FALSE(glob_match("*a*a*a*a*a*a*a*a*a*a*b", std::string(200, 'a')));
  // Two kinds of stars to go back to, one within the other: once the cube of the length.
  EXPECT_FALSE(glob_match("***" + std::string(3000, 'a') + "b", std::string(3000, 'a')));
}

TEST(IsBelow, compares_whole_components) {
  EXPECT_TRUE(is_below("/usr/lib", "/usr"));
  EXPECT_TRUE(is_below("/usr/lib", "/usr/"));
  EXPECT_FALSE(is_below("/usr", "/usr"));
  EXPECT_FALSE(is_below("/usr2/lib", "/usr"));
  EXPECT_FALSE(is_below("/us", "/usr"));
}

TEST(ParseU64, takes_digits_only) {
  EXPECT_EQ(parse_u64("42"), 42U);
  for (const auto* bad : {"", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616"}) {
    EXPECT_FALSE(parse_u64(bad)) << bad;
  }
}

TEST(VersionLess, compares_numbers_as_numbers) {
  EXPECT_TRUE(version_less("3.9", "3.11"));
  EXPECT_FALSE(version_less("3.11", "3.9"));
  EXPECT_TRUE(version_less("17", "17.0.1"));
  EXPECT_FALSE(version_less("1.0", "1"));
  EXPECT_TRUE(version_less("1.2.rc1", "1.2.rc2"));
}

}  // namespace
}  // namespace cex
