// SPDX-License-Identifier: Apache-2.0
#include "core/base/ip_address.hpp"

#include <gtest/gtest.h>

namespace cex {
namespace {

TEST(IpAddress, reads_and_writes_the_canonical_forms) {
  for (const char* text : {"0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::1",
                           "fe80::1", "::ffff:10.0.0.1"}) {
    const auto address = parse_ip(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), text);
  }
}

TEST(IpAddress, refuses_the_odd_forms) {
  for (const char* text : {"", "1", "2130706433", "0x7f000001", "127.1", "127.0.1", "0177.0.0.1",
                           "127.0.0.01", "0x7f.0.0.1", "1.2.3.4.5", "1.2.3.256", "1.2.3.4 ",
                           " 1.2.3.4", "[::1]", "fe80::1%eth0", "1:2:3", "::1::", "12345::"}) {
    EXPECT_FALSE(parse_ip(text)) << text;
  }
  EXPECT_FALSE(parse_ip(std::string_view{"1.2.3.4\0x", 9}));
}

TEST(IpBlock, contains_its_addresses_and_no_others) {
  const auto block = parse_ip_block("100.64.0.0/10");
  ASSERT_TRUE(block);
  EXPECT_TRUE(block->contains(*parse_ip("100.64.0.0")));
  EXPECT_TRUE(block->contains(*parse_ip("100.127.255.255")));
  EXPECT_FALSE(block->contains(*parse_ip("100.128.0.0")));
  EXPECT_FALSE(block->contains(*parse_ip("100.63.255.255")));
  EXPECT_FALSE(block->contains(*parse_ip("::ffff:100.64.0.1")));
  EXPECT_TRUE(parse_ip_block("0.0.0.0/0")->contains(*parse_ip("8.8.8.8")));
  EXPECT_FALSE(parse_ip_block("0.0.0.0/0")->contains(*parse_ip("::1")));
  EXPECT_TRUE(parse_ip_block("fc00::/7")->contains(*parse_ip("fd00:ec2::254")));
  EXPECT_FALSE(parse_ip_block("127.0.0.1")->contains(*parse_ip("127.0.0.2")));
}

TEST(IpBlock, refuses_malformed_text) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8",
                           "::/129", "10.0.0.0/8/8", "host/8", "fd00::1/64", "10.0.0.0/0008"}) {
    EXPECT_FALSE(parse_ip_block(text)) << text;
  }
}

}  // namespace
}  // namespace cex
