// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/subordinate_ids.hpp"

#include <gtest/gtest.h>

namespace cex::sandbox {
namespace {

TEST(FindRange, takes_the_first_range_of_the_user_that_is_large_enough) {
  constexpr const char* kText = "alice:100000:65536\nbob:200000:4\nbob:300000:65536\n";
  EXPECT_EQ(find_range(kText, "bob", 1001, 8), 300'000U);
  EXPECT_EQ(find_range(kText, "bob", 1001, 4), 200'000U);
  EXPECT_EQ(find_range(kText, "alice", 1000, 65'536), 100'000U);
  EXPECT_FALSE(find_range(kText, "alice", 1000, 65'537));
  EXPECT_FALSE(find_range(kText, "carol", 1002, 1));
}

TEST(FindRange, knows_a_user_by_number_too) {
  EXPECT_EQ(find_range("1001:200000:65536\n", "bob", 1001, 8), 200'000U);
  EXPECT_FALSE(find_range("1001:200000:65536\n", "bob", 1002, 8));
}

TEST(FindRange, passes_over_lines_that_make_no_sense) {
  for (const char* text : {"bob:x:65536\n", "bob:200000\n", "bob:200000:65536:1\n", "bob:0:65536\n",
                           "bob:4294967295:65536\n", "bob:4294967290:65536\n",
                           "bob:99999999999999999999:8\n", "bobby:200000:65536\n", ":\n", ""}) {
    EXPECT_FALSE(find_range(text, "bob", 1001, 8)) << text;
  }
}

}  // namespace
}  // namespace cex::sandbox
