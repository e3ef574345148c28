// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/slot_demand.hpp"

#include <gtest/gtest.h>

namespace cex::sandbox {
namespace {

using std::chrono::seconds;

const SlotDemand::Time kStart{};

TEST(SlotDemand, lets_go_what_a_whole_period_did_not_need) {
  SlotDemand demand{2, seconds{30}, kStart};
  demand.saw(5);
  demand.saw(9);
  EXPECT_EQ(demand.surplus(10, kStart + seconds{29}), 0U);
  EXPECT_EQ(demand.surplus(10, kStart + seconds{30}), 3U);
}

TEST(SlotDemand, keeps_some_for_the_next_jobs) {
  SlotDemand demand{4, seconds{30}, kStart};
  EXPECT_EQ(demand.surplus(4, kStart + seconds{30}), 0U);
  EXPECT_EQ(demand.surplus(1, kStart + seconds{60}), 0U);
  EXPECT_EQ(demand.surplus(6, kStart + seconds{90}), 2U);
}

TEST(SlotDemand, without_a_period_keeps_all) {
  SlotDemand demand{2, seconds{0}, kStart};
  EXPECT_EQ(demand.surplus(8, kStart + seconds{86'400}), 0U);
}

TEST(SlotDemand, forgets_what_was_needed_a_period_ago) {
  SlotDemand demand{2, seconds{30}, kStart};
  demand.saw(0);
  EXPECT_EQ(demand.surplus(8, kStart + seconds{30}), 0U);
  EXPECT_EQ(demand.period_ends(), kStart + seconds{60});
  EXPECT_EQ(demand.surplus(8, kStart + seconds{60}), 6U);
}

}  // namespace
}  // namespace cex::sandbox
