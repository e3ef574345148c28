// SPDX-License-Identifier: Apache-2.0
#include "core/engine/fair_queue.hpp"

#include <cstdint>
#include <map>

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

using std::chrono::milliseconds;

Share equal(const std::string& /*name*/) {
  return {};
}

class Filler {
 public:
  explicit Filler(FairQueue& queue) : queue_{queue} {}
  Turn add(const std::string& tenant, std::uint32_t priority = 5,
           const std::string& language = "c") {
    Turn turn{++number_, tenant, language, priority, 0};
    queue_.add(turn);
    return turn;
  }

 private:
  FairQueue& queue_;
  std::uint64_t number_{0};
};

TEST(FairQueue, orders_one_tenants_jobs_by_priority_and_age) {
  FairQueue queue{equal, equal};
  Filler fill{queue};
  fill.add("a");
  fill.add("a", 9);
  fill.add("a", 0);
  fill.add("a", 9);
  std::vector<std::uint64_t> order;
  while (const auto turn = queue.take()) order.push_back(turn->number);
  EXPECT_EQ(order, (std::vector<std::uint64_t>{2, 4, 1, 3}));
}

// What each tenant got of a slot's time, with jobs of the given lengths always waiting.
std::map<std::string, double> share_out(FairQueue& queue,
                                        const std::map<std::string, milliseconds>& lengths) {
  Filler fill{queue};
  for (const auto& [tenant, length] : lengths) {
    for (int i = 0; i < 4; ++i) fill.add(tenant);
  }
  std::map<std::string, double> got;
  double all = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto turn = queue.take();
    const auto length = lengths.at(turn->tenant);
    queue.done(*turn, length);
    fill.add(turn->tenant);
    got[turn->tenant] += static_cast<double>(length.count());
    all += static_cast<double>(length.count());
  }
  for (auto& [tenant, time] : got) time /= all;
  return got;
}

TEST(FairQueue, shares_time_and_not_turns) {
  FairQueue queue{equal, equal};
  const auto got = share_out(queue, {{"long", milliseconds{200}}, {"short", milliseconds{10}}});
  EXPECT_NEAR(got.at("long"), 0.5, 0.05);
}

TEST(FairQueue, shares_by_weight) {
  FairQueue queue{[](const std::string& tenant) { return Share{tenant == "a" ? 3.0 : 1.0}; },
                  equal};
  const auto got = share_out(queue, {{"a", milliseconds{20}}, {"b", milliseconds{20}}});
  EXPECT_NEAR(got.at("a"), 0.75, 0.05);
}

TEST(FairQueue, a_newcomer_goes_next_however_many_wait) {
  FairQueue queue{equal, equal};
  Filler fill{queue};
  for (int i = 0; i < 1000; ++i) fill.add("flood");
  for (int i = 0; i < 50; ++i) queue.done(*queue.take(), milliseconds{100});
  fill.add("late");
  EXPECT_EQ(queue.take()->tenant, "late");
}

TEST(FairQueue, idling_saves_nothing_up) {
  FairQueue queue{equal, equal};
  Filler fill{queue};
  fill.add("b");
  queue.done(*queue.take(), milliseconds{100});
  for (int i = 0; i < 200; ++i) fill.add("a");
  for (int i = 0; i < 100; ++i) queue.done(*queue.take(), milliseconds{100});
  for (int i = 0; i < 100; ++i) fill.add("b");
  int b = 0;
  for (int i = 0; i < 20; ++i) {
    const auto turn = queue.take();
    b += turn->tenant == "b" ? 1 : 0;
    queue.done(*turn, milliseconds{100});
  }
  EXPECT_LE(b, 11);
  EXPECT_GE(b, 9);
}

TEST(FairQueue, holds_tenants_and_languages_to_their_bounds) {
  FairQueue queue{[](const std::string& tenant) {
                    return Share{1, tenant == "small" ? 1U : UINT32_MAX};
                  },
                  [](const std::string& language) {
                    return Share{1, language == "java" ? 2U : UINT32_MAX};
                  }};
  Filler fill{queue};
  fill.add("small");
  fill.add("small");
  const auto first = queue.take();
  ASSERT_TRUE(first);
  EXPECT_FALSE(queue.take());
  queue.done(*first, milliseconds{1});
  EXPECT_TRUE(queue.take());

  for (int i = 0; i < 3; ++i) fill.add("a", 5, "java");
  fill.add("a", 0, "c");
  const auto java = queue.take();
  EXPECT_EQ(java->language, "java");
  EXPECT_EQ(queue.take()->language, "java");
  EXPECT_EQ(queue.take()->language, "c");  // a lower priority, but it may run
  EXPECT_FALSE(queue.take());
  queue.done(*java, milliseconds{1});
  EXPECT_EQ(queue.take()->language, "java");
}

TEST(FairQueue, forgets_what_was_removed) {
  FairQueue queue{equal, equal};
  Filler fill{queue};
  const Turn turn = fill.add("a");
  EXPECT_TRUE(queue.remove(turn));
  EXPECT_FALSE(queue.remove(turn));
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_FALSE(queue.take());
}

TEST(FairQueue, tells_whether_a_job_would_run_at_once) {
  const auto one = [](const std::string& name) {
    return Share{.weight = 1, .max_running = name == "free" ? 9U : 1U, .max_waiting = 9};
  };
  FairQueue queue{one, one};
  Filler fill{queue};
  EXPECT_TRUE(queue.may_run({7, "a", "c", 5, 0}));
  fill.add("a");
  const auto turn = queue.take();
  ASSERT_TRUE(turn);
  EXPECT_FALSE(queue.may_run({7, "a", "free", 5, 0}));  // its tenant runs as much as it may
  EXPECT_FALSE(queue.may_run({7, "b", "c", 5, 0}));     // its language does
  EXPECT_TRUE(queue.may_run({7, "b", "free", 5, 0}));
  queue.done(*turn, milliseconds{1});
  EXPECT_TRUE(queue.may_run({7, "a", "c", 5, 0}));
}

}  // namespace
}  // namespace cex::engine
