// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/semver.hpp"

#include <gtest/gtest.h>

namespace cex::plugins {
namespace {

TEST(Semver, compares_numbers_as_numbers) {
  EXPECT_LT(*parse_semver("0.9.0"), *parse_semver("0.10.0"));
  EXPECT_LT(*parse_semver("1.2.3"), *parse_semver("2.0.0"));
  EXPECT_EQ(*parse_semver("1.2.3-rc1"), *parse_semver("1.2.3"));
}

TEST(Semver, takes_three_numbers_and_nothing_else) {
  for (const char* odd : {"", "1", "1.2", "1.2.3.4", "1.2.x", "v1.2.3", "-1.2.3", "1..3"}) {
    EXPECT_FALSE(parse_semver(odd)) << odd;
  }
}

TEST(Semver, knows_the_version_of_this_host) {
  EXPECT_TRUE(parse_semver(host_version()));
}

}  // namespace
}  // namespace cex::plugins
