// SPDX-License-Identifier: Apache-2.0
#include "core/base/log_throttle.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace cex::log {
namespace {

using std::chrono::seconds;

TEST(Throttle, lets_a_burst_through_and_counts_the_rest) {
  Throttle throttle;
  const Throttle::Time start{};
  for (std::uint64_t i = 0; i < Throttle::kBurst; ++i) EXPECT_EQ(throttle.ask("full", start), 0U);
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(throttle.ask("full", start + seconds{1}));
  EXPECT_EQ(throttle.ask("full", start + Throttle::kWindow), 7U);
  EXPECT_EQ(throttle.ask("full", start + Throttle::kWindow), 0U);
}

TEST(Throttle, counts_each_message_for_itself) {
  Throttle throttle;
  const Throttle::Time start{};
  for (std::uint64_t i = 0; i <= Throttle::kBurst; ++i) (void)throttle.ask("one", start);
  EXPECT_FALSE(throttle.ask("one", start));
  EXPECT_TRUE(throttle.ask("other", start));
}

TEST(Throttle, stays_bounded) {
  Throttle throttle;
  const Throttle::Time start{};
  for (std::size_t i = 0; i < 2 * Throttle::kMaxMessages; ++i) {
    EXPECT_TRUE(throttle.ask("message " + std::to_string(i), start));
  }
}

}  // namespace
}  // namespace cex::log
