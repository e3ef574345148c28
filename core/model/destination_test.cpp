// SPDX-License-Identifier: Apache-2.0
#include "core/model/destination.hpp"

#include <gtest/gtest.h>

namespace cex {
namespace {

TEST(Destination, has_one_form) {
  EXPECT_EQ(parse_destination("Example.ORG:443"), (Destination{"example.org", 443}));
  EXPECT_EQ(parse_destination("a-b_c.x1:1"), (Destination{"a-b_c.x1", 1}));
  EXPECT_EQ(parse_destination("192.0.2.1:65535"), (Destination{"192.0.2.1", 65535}));
  EXPECT_EQ(parse_destination("[2001:DB8:0::1]:80"), (Destination{"2001:db8::1", 80}));
  EXPECT_EQ(to_string(*parse_destination("[::1]:80")), "[::1]:80");
  EXPECT_EQ(to_string(*parse_destination("localhost:80")), "localhost:80");
  EXPECT_TRUE(is_ip_literal(*parse_destination("[::1]:80")));
  EXPECT_FALSE(is_ip_literal(*parse_destination("a.b:80")));
}

TEST(Destination, refuses_what_is_malformed) {
  for (const char* text : {"",
                           ":",
                           "host",
                           "host:",
                           ":80",
                           "host:0",
                           "host:65536",
                           "host:080808",
                           "host:+1",
                           "host: 1",
                           "host:80 ",
                           "::1:80",
                           "[host]:80",
                           "[1.2.3.4]:80",
                           "host.:80",
                           ".host:80",
                           "a..b:80",
                           "-a.b:80",
                           "a-.b:80",
                           "a b:80",
                           "user@host:80",
                           "http://host:80",
                           "*:80",
                           "*.a.b:80",
                           "h\xc3\xb6st:80",
                           "a/b:80"}) {
    EXPECT_FALSE(parse_destination(text)) << text;
  }
  EXPECT_FALSE(parse_destination(std::string_view{"a\0b:80", 6}));
  EXPECT_FALSE(parse_destination(std::string(64, 'a') + ":80"));
  std::string longest = std::string(63, 'a');
  for (int i = 0; i < 3; ++i) longest += "." + std::string(63, 'a');
  EXPECT_FALSE(parse_destination(longest + ":80"));
  EXPECT_TRUE(parse_destination(longest.substr(2) + ":80"));
}

TEST(Destination, refuses_odd_forms_of_addresses) {
  for (const char* text : {"2130706433:80", "0x7f000001:80", "0177.0.0.1:80", "127.1:80",
                           "127.0.0.0x1:80", "a.0x:80", "1.2.3.4.5:80", "256.1.1.1:80"}) {
    EXPECT_FALSE(parse_destination(text)) << text;
  }
}

TEST(DestinationPattern, matches_no_more_than_it_says) {
  const auto match = [](const char* pattern, const char* wanted) {
    return parse_destination_pattern(pattern)->matches(*parse_destination(wanted));
  };
  EXPECT_TRUE(match("example.org:443", "EXAMPLE.org:443"));
  EXPECT_FALSE(match("example.org:443", "example.org:80"));
  EXPECT_FALSE(match("example.org:443", "www.example.org:443"));
  EXPECT_TRUE(match("*.example.org:443", "a.b.example.org:443"));
  EXPECT_FALSE(match("*.example.org:443", "example.org:443"));
  EXPECT_FALSE(match("*.example.org:443", "notexample.org:443"));
  EXPECT_TRUE(match("*:443", "a.b:443"));
  EXPECT_FALSE(match("*:443", "a.b:444"));
  EXPECT_FALSE(match("*:443", "intranet:443"));
  EXPECT_FALSE(match("*:443", "192.0.2.1:443"));
  EXPECT_FALSE(match("*:443", "[2001:db8::1]:443"));
  EXPECT_TRUE(match("192.0.2.1:443", "192.0.2.1:443"));
  EXPECT_TRUE(match("intranet:443", "intranet:443"));
}

TEST(DestinationPattern, refuses_what_is_malformed) {
  for (const char* text : {"", "*", "*:", "*:0", "**:80", "*.:80", "a.*:80", "*.1.2.3.4:80", "a:*",
                           "*.*.a:80", "*a.b:80"}) {
    EXPECT_FALSE(parse_destination_pattern(text)) << text;
  }
}

}  // namespace
}  // namespace cex
