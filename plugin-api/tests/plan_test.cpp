// SPDX-License-Identifier: Apache-2.0
#include <cex/plan.hpp>
#include <gtest/gtest.h>

namespace cex::plugin {
namespace {

TEST(AsArgument, keeps_a_file_from_being_an_option) {
  EXPECT_EQ(as_argument("main.c"), "main.c");
  EXPECT_EQ(as_argument("-o"), "./-o");
  EXPECT_EQ(as_argument("@list"), "./@list");
  EXPECT_EQ(as_argument(""), "");
}

TEST(Paths, are_taken_apart) {
  EXPECT_EQ(base_name("a/b.c"), "b.c");
  EXPECT_EQ(base_name("b.c"), "b.c");
  EXPECT_EQ(folder_of("/jdk/bin/javac"), "/jdk/bin");
  EXPECT_EQ(folder_of("javac"), "");
}

TEST(VersionPart, counts_from_zero) {
  EXPECT_EQ(version_part("1.22.3", 0), 1U);
  EXPECT_EQ(version_part("1.22.3", 1), 22U);
  EXPECT_EQ(version_part("1.22", 2), 0U);
  EXPECT_EQ(version_part("", 0), 0U);
  EXPECT_EQ(version_part("x.1", 1), 0U);
}

TEST(PlanRequest, finds_an_option_by_its_whole_name) {
  PlanRequest request;
  request.options = {"std17=x", "std=c++17", "std=late"};
  EXPECT_EQ(request.option("std"), "c++17");
  EXPECT_EQ(request.option("opt", "2"), "2");
  EXPECT_EQ(request.cpus(), 1U);
  request.cpus_milli = 1001;
  EXPECT_EQ(request.cpus(), 2U);
}

}  // namespace
}  // namespace cex::plugin
