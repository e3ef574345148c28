// SPDX-License-Identifier: Apache-2.0
#include "core/policy/env_rules.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RequestEnv, takes_ordinary_variables) {
  EXPECT_TRUE(check_request_env({{"DEBUG", "1"},
                                 {"_x9", ""},
                                 {"PYTHONHASHSEED", "0"},
                                 {"GOMAXPROCS", "1"},
                                 {"TEXT", "a=b\nc \xFF"}}));
}

TEST(RequestEnv, refuses_malformed_names_and_values) {
  for (const std::string& name :
       {std::string{}, std::string{"1A"}, std::string{"A-B"}, std::string{"A=B"},
        std::string{"A B"}, std::string("A\0B", 3), std::string(129, 'A')}) {
    EXPECT_FALSE(check_request_env({{name, "1"}})) << name;
  }
  const auto nul = check_request_env({{"A", std::string("x\0y", 3)}});
  ASSERT_FALSE(nul);
  EXPECT_EQ(nul.error().pointer, "/env/A");
  EXPECT_FALSE(check_request_env({{"A", std::string(9000, 'x')}}));
  EXPECT_FALSE(check_request_env(EnvPairs(257, {"A", "1"})));
}

TEST(RequestEnv, refuses_what_steers_the_loader_or_a_runtimes_start) {
  for (const std::string name :
       {"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_", "GLIBC_TUNABLES", "JAVA_TOOL_OPTIONS",
        "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "GOFLAGS", "GCC_EXEC_PREFIX", "BASH_ENV",
        "NODE_OPTIONS", "PYTHONSTARTUP"}) {
    const auto checked = check_request_env({{name, "x"}}, "/tests/0/env");
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().pointer, "/tests/0/env/" + name);
    EXPECT_THAT(checked.error().message, HasSubstr(name));
  }
}

TEST(MergeEnv, later_sources_win_and_the_order_is_fixed) {
  const auto env =
      merge_env({"HOME=/box/home", "CGO_ENABLED=0"}, {{"CGO_ENABLED", "1"}, {"Z", ""}});
  ASSERT_TRUE(env);
  EXPECT_THAT(*env, ElementsAre("CGO_ENABLED=1", "HOME=/box/home", "LANG=C.UTF-8",
                                HasSubstr("PATH=/usr/local/sbin:"), "TMPDIR=/tmp", "Z="));
}

TEST(MergeEnv, holds_nothing_of_the_servers_own_environment) {
  ASSERT_EQ(::setenv("CEX_SECRET_OF_THE_SERVER", "1", 1), 0);
  EXPECT_THAT(*merge_env({}, {}), Not(Contains(HasSubstr("CEX_SECRET"))));
  ::unsetenv("CEX_SECRET_OF_THE_SERVER");
}

TEST(MergeEnv, refuses_a_plugins_bad_variables) {
  for (const std::string& item :
       {std::string{"LD_PRELOAD=/x"}, std::string{"GLIBC_TUNABLES=a"}, std::string{"NOEQUALS"},
        std::string{"=x"}, std::string{"A B=1"}, std::string("A=x\0y", 5)}) {
    const auto merged = merge_env({item}, {});
    ASSERT_FALSE(merged) << item;
    EXPECT_EQ(merged.error().code, Errc::policy);
  }
}

}  // namespace
}  // namespace cex::policy
