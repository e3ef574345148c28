// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/cgroup_base.hpp"

#include <gtest/gtest.h>

namespace cex::sandbox {
namespace {

using List = std::vector<std::string>;

TEST(V2Candidates, takes_what_was_delegated_before_the_top) {
  EXPECT_EQ(v2_candidates("/system.slice/x.service", true, ""),
            (List{"/system.slice/x.service", "/"}));
  EXPECT_EQ(v2_candidates("/user.slice/y.scope", false, ""), (List{"/", "/user.slice/y.scope"}));
  EXPECT_EQ(v2_candidates("/", true, ""), (List{"/"}));
}

TEST(V2Candidates, tries_nothing_but_what_the_operator_says) {
  EXPECT_EQ(v2_candidates("/system.slice/x.service", true, "/judge"), (List{"/judge"}));
}

TEST(WithoutServerLeaf, finds_the_group_that_an_earlier_start_left_for_its_leaf) {
  EXPECT_EQ(without_server_leaf("/a/b.scope/code-executor-server"), "/a/b.scope");
  EXPECT_EQ(without_server_leaf("/code-executor-server"), "/");
  EXPECT_EQ(without_server_leaf("/a/b.scope"), "/a/b.scope");
  EXPECT_EQ(without_server_leaf("/"), "/");
}

}  // namespace
}  // namespace cex::sandbox
