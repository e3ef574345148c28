// SPDX-License-Identifier: Apache-2.0
#include "core/engine/compare.hpp"

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

bool same(std::string_view actual, std::string_view expected, Compare how, double epsilon = 0) {
  return matches(actual, expected, how, epsilon);
}

TEST(Matches, exact_means_every_byte) {
  EXPECT_TRUE(same("a\n", "a\n", Compare::exact));
  EXPECT_FALSE(same("a", "a\n", Compare::exact));
}

TEST(Matches, trim_forgives_white_space_at_the_ends_only) {
  EXPECT_TRUE(same("a \nb\t\r\n\n\n", "a\nb", Compare::trim));
  EXPECT_TRUE(same("", "\n \n", Compare::trim));
  EXPECT_FALSE(same(" a", "a", Compare::trim));
  EXPECT_FALSE(same("a\n\nb", "a\nb", Compare::trim));
  EXPECT_FALSE(same("a b", "a  b", Compare::trim));
}

TEST(Matches, tokens_looks_at_words) {
  EXPECT_TRUE(same("1  2\n3", " 1 2 3 ", Compare::tokens));
  EXPECT_FALSE(same("1 2", "1 2 3", Compare::tokens));
  EXPECT_FALSE(same("12", "1 2", Compare::tokens));
}

TEST(Matches, floats_allows_the_difference_and_no_more) {
  EXPECT_TRUE(same("3.1416", "3.14159", Compare::floats, 1e-4));
  EXPECT_FALSE(same("3.15", "3.14159", Compare::floats, 1e-4));
  EXPECT_TRUE(same("1000001", "1000000", Compare::floats, 1e-5));
  EXPECT_TRUE(same("yes 1e3", "yes +1000", Compare::floats, 1e-9));
  EXPECT_FALSE(same("yes", "no", Compare::floats, 1));
  EXPECT_FALSE(same("nan", "1", Compare::floats, 1));
  EXPECT_FALSE(same("inf", "1", Compare::floats, 1));
}

}  // namespace
}  // namespace cex::engine
