// SPDX-License-Identifier: Apache-2.0
#include "core/warm/preboot_demand.hpp"

#include <gtest/gtest.h>

namespace cex::warm {
namespace {

using std::chrono::seconds;

class Demand : public ::testing::Test {
 protected:
  // Starts what the demand wants, as often as it wants something.
  int start_all() {
    int started = 0;
    while (const auto key = demand.next(now)) {
      demand.came(*key);
      ++started;
    }
    return started;
  }
  void ask(const std::string& key, bool served) {
    demand.asked(key, served, now);
    if (served) demand.went(key);
  }

  PrebootDemand demand{4};
  PrebootDemand::Time now{seconds{1000}};
};

TEST_F(Demand, keeps_one_of_each_seed) {
  demand.seed("a", true, now);
  demand.seed("b", true, now);
  EXPECT_EQ(start_all(), 2);
  ask("a", true);
  EXPECT_EQ(start_all(), 1);
  now += seconds{100'000};
  EXPECT_EQ(start_all(), 0);
  EXPECT_EQ(demand.surplus(now), std::nullopt);
}

TEST_F(Demand, starts_nothing_for_what_was_asked_for_once) {
  ask("x", false);
  EXPECT_EQ(start_all(), 0);
  ask("x", false);
  EXPECT_EQ(start_all(), 1);
}

TEST_F(Demand, grows_with_misses_up_to_the_most_and_shrinks_when_nobody_asks) {
  demand.seed("a", true, now);
  for (int i = 0; i < 10; ++i) ask("a", false);
  EXPECT_EQ(start_all(), 4);
  now += seconds{61};
  EXPECT_EQ(demand.surplus(now), "a");
  demand.went("a");
  demand.went("a");
  EXPECT_EQ(demand.surplus(now), std::nullopt);
  now += seconds{60};
  EXPECT_EQ(demand.surplus(now), "a");
  demand.went("a");
  now += seconds{1000};
  EXPECT_EQ(demand.surplus(now), std::nullopt) << "a seed keeps one";
}

TEST_F(Demand, gives_up_the_coldest_for_one_that_has_none) {
  for (int i = 0; i < 10; ++i) ask("a", false);
  EXPECT_EQ(start_all(), 4);
  now += seconds{1};
  ask("b", false);
  EXPECT_EQ(demand.surplus(now), std::nullopt);
  ask("b", false);
  EXPECT_EQ(demand.surplus(now), "a");
  demand.went("a");
  EXPECT_EQ(demand.next(now), "b");
}

TEST_F(Demand, waits_longer_after_each_failure) {
  demand.seed("a", true, now);
  demand.failed("a", now);
  EXPECT_EQ(demand.next(now), std::nullopt);
  now += seconds{1};
  EXPECT_EQ(demand.next(now), "a");
  demand.failed("a", now);
  now += seconds{1};
  EXPECT_EQ(demand.next(now), std::nullopt);
  now += seconds{1};
  EXPECT_EQ(demand.next(now), "a");
}

TEST_F(Demand, of_a_seed_that_is_none_any_more_ends) {
  demand.seed("a", true, now);
  EXPECT_EQ(start_all(), 1);
  demand.seed("a", false, now);
  now += seconds{61};
  EXPECT_EQ(demand.surplus(now), "a");
}

TEST_F(Demand, forgets_what_nobody_asks_for_any_more) {
  for (int i = 0; i < 1000; ++i) {
    now += seconds{1};
    ask("key " + std::to_string(i), false);
  }
  EXPECT_FALSE(demand.knows("key 0"));
  EXPECT_TRUE(demand.knows("key 999"));
}

}  // namespace
}  // namespace cex::warm
