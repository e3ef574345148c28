// SPDX-License-Identifier: Apache-2.0
#include "core/access/token_bucket.hpp"

#include <gtest/gtest.h>

namespace cex::access {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
const TokenBucket::Time kStart{std::chrono::hours{1000}};

TEST(TokenBucket, lets_a_burst_through_and_then_the_rate) {
  TokenBucket bucket;
  const Rate rate{2, 3};
  EXPECT_EQ(bucket.take(rate, 1, kStart).remaining, 2U);
  EXPECT_TRUE(bucket.take(rate, 1, kStart).allowed);
  EXPECT_TRUE(bucket.take(rate, 1, kStart).allowed);
  const RateState refused = bucket.take(rate, 1, kStart);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.limit, 3U);
  EXPECT_EQ(refused.remaining, 0U);
  EXPECT_EQ(refused.reset_s, 1U);
  EXPECT_FALSE(bucket.take(rate, 1, kStart + milliseconds{499}).allowed);
  EXPECT_TRUE(bucket.take(rate, 1, kStart + milliseconds{500}).allowed);
  EXPECT_FALSE(bucket.take(rate, 1, kStart + milliseconds{600}).allowed);
}

TEST(TokenBucket, takes_all_of_a_batch_or_nothing) {
  TokenBucket bucket;
  const Rate rate{1, 10};
  EXPECT_TRUE(bucket.take(rate, 8, kStart).allowed);
  const RateState refused = bucket.take(rate, 5, kStart);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.remaining, 2U);
  EXPECT_EQ(refused.reset_s, 3U);
  EXPECT_TRUE(bucket.take(rate, 2, kStart).allowed);
}

TEST(TokenBucket, saves_no_more_than_the_burst) {
  TokenBucket bucket;
  const Rate rate{100, 5};
  static_cast<void>(bucket.take(rate, 5, kStart));
  EXPECT_EQ(bucket.take(rate, 1, kStart + seconds{3600}).remaining, 4U);
}

TEST(RateLimiter, keeps_names_apart) {
  RateLimiter limiter;
  const Rate rate{1, 1};
  EXPECT_TRUE(limiter.take("a", rate, 1, kStart).allowed);
  EXPECT_FALSE(limiter.take("a", rate, 1, kStart).allowed);
  EXPECT_TRUE(limiter.take("b", rate, 1, kStart).allowed);
  for (int i = 0; i < 5000; ++i) {
    static_cast<void>(limiter.take(std::to_string(i), rate, 1, kStart + seconds{i * 2}));
  }
  EXPECT_FALSE(limiter.take("4999", rate, 1, kStart + seconds{9998}).allowed);
}

}  // namespace
}  // namespace cex::access
