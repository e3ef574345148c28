// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/redis_address.hpp"

#include <gtest/gtest.h>

namespace cex::cluster {
namespace {

TEST(RedisAddress, reads_a_list_of_hosts_and_sockets) {
  const auto read = parse_redis_addresses("unix:/run/redis/r.sock, [::1]:6379,cache-1:6380");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ((*read)[0].path, "/run/redis/r.sock");
  EXPECT_EQ((*read)[1].host, "::1");
  EXPECT_EQ((*read)[1].port, 6379);
  EXPECT_EQ((*read)[1].text(), "[::1]:6379");
  EXPECT_EQ((*read)[2].text(), "cache-1:6380");
}

TEST(RedisAddress, refuses_what_is_neither) {
  for (const char* text : {"", "cache", "cache:", ":6379", "cache:0", "cache:65536",
                           "unix:", "unix:relative", "a:1,,b:2"}) {
    EXPECT_FALSE(parse_redis_addresses(text)) << text;
  }
}

}  // namespace
}  // namespace cex::cluster
