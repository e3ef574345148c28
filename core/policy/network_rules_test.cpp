// SPDX-License-Identifier: Apache-2.0
#include "core/policy/network_rules.hpp"

#include <gtest/gtest.h>

namespace cex::policy {
namespace {

config::NetworkSettings permitting(std::vector<std::string> allow) {
  config::NetworkSettings settings;
  settings.allow = std::move(allow);
  return settings;
}

TEST(GrantNetwork, gives_what_is_asked_for_and_permitted) {
  const auto granted = grant_network({"Example.org:443", "a.b.example.org:80"},
                                     permitting({"example.org:443", "*.example.org:80"}));
  ASSERT_TRUE(granted) << granted.error().message;
  EXPECT_EQ(*granted, (std::vector<Destination>{{"example.org", 443}, {"a.b.example.org", 80}}));
  EXPECT_TRUE(grant_network({}, permitting({}))->empty());
}

TEST(GrantNetwork, is_off_unless_the_operator_permits_something) {
  const auto granted = grant_network({"example.org:443"}, permitting({}));
  ASSERT_FALSE(granted);
  EXPECT_EQ(granted.error().code, Errc::forbidden);
  EXPECT_EQ(granted.error().pointer, "/network");
}

TEST(GrantNetwork, points_at_what_is_not_permitted) {
  const auto settings = permitting({"*:443"});
  for (const char* text : {"a.b:80", "a.b:22", "intranet:443", "192.0.2.1:443", "[::1]:443"}) {
    const auto granted = grant_network({"a.b:443", text}, settings);
    ASSERT_FALSE(granted) << text;
    EXPECT_EQ(granted.error().code, Errc::forbidden) << text;
    EXPECT_EQ(granted.error().pointer, "/network/allow/1") << text;
  }
}

TEST(GrantNetwork, points_at_what_is_malformed_before_it_says_no) {
  for (const char* text : {"*:443", "*.a.b:443", "a.b", "127.1:443", "http://a.b:443"}) {
    const auto granted = grant_network({"a.b:443", text}, permitting({}));
    ASSERT_FALSE(granted) << text;
    EXPECT_EQ(granted.error().code, Errc::invalid_request) << text;
    EXPECT_EQ(granted.error().pointer, "/network/allow/1") << text;
  }
}

TEST(GrantNetwork, bounds_the_list) {
  auto settings = permitting({"*:443"});
  settings.max_entries = 2;
  EXPECT_TRUE(grant_network({"a.b:443", "c.d:443"}, settings));
  const auto granted = grant_network({"a.b:443", "c.d:443", "e.f:443"}, settings);
  ASSERT_FALSE(granted);
  EXPECT_EQ(granted.error().code, Errc::limit_too_high);
}

TEST(ProxyEnv, is_the_servers_alone) {
  EXPECT_TRUE(check_no_proxy_env({{"PROXY", "x"}}, "/env"));
  for (const auto& [name, value] : proxy_env()) {
    const auto checked = check_no_proxy_env({{"A", "1"}, {name, "x"}}, "/tests/0/env");
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().pointer, "/tests/0/env/" + name);
  }
}

}  // namespace
}  // namespace cex::policy
