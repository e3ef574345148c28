// SPDX-License-Identifier: Apache-2.0
#include "core/engine/memory_budget.hpp"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

void wait_for_waiting(const MemoryBudget& budget, std::uint32_t count) {
  while (budget.status().waiting != count) std::this_thread::yield();
}

TEST(MemoryBudget, gives_what_is_there_and_takes_it_back) {
  MemoryBudget budget{100};
  const supervise::CancelToken never;
  {
    const auto first = budget.take(60, never);
    const auto second = budget.take(40, never);
    EXPECT_TRUE(first && second);
    EXPECT_EQ(budget.status().promised, 100U);
  }
  EXPECT_EQ(budget.status().promised, 0U);
}

TEST(MemoryBudget, refuses_what_there_will_never_be) {
  MemoryBudget budget{100};
  const supervise::CancelToken never;
  EXPECT_FALSE(budget.take(101, never));
  EXPECT_TRUE(budget.take(100, never));
}

TEST(MemoryBudget, lets_a_large_one_wait_and_nobody_overtake_it) {
  MemoryBudget budget{100};
  const supervise::CancelToken never;
  auto first = budget.take(60, never);
  std::vector<int> order;
  std::mutex mutex;
  const auto taker = [&](std::uint64_t bytes, int name) {
    const auto share = budget.take(bytes, never);
    const std::lock_guard lock{mutex};
    order.push_back(name);
  };
  std::thread large{taker, 100, 1};
  wait_for_waiting(budget, 1);
  std::thread small{taker, 10, 2};  // would fit at once
  wait_for_waiting(budget, 2);
  EXPECT_EQ(budget.status().promised, 60U);
  first.reset();
  large.join();
  small.join();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(MemoryBudget, lets_a_cancelled_one_go_and_the_next_one_in) {
  MemoryBudget budget{100};
  const supervise::CancelToken never;
  supervise::CancelToken cancel;
  const auto held = budget.take(60, never);
  std::thread cancelled{[&] { EXPECT_FALSE(budget.take(100, cancel)); }};
  wait_for_waiting(budget, 1);
  std::thread next{[&] { EXPECT_TRUE(budget.take(40, never)); }};
  wait_for_waiting(budget, 2);
  cancel.cancel();
  cancelled.join();
  next.join();
  EXPECT_EQ(budget.status().waiting, 0U);
}

TEST(MemoryBudget, never_promises_more_than_there_is) {
  MemoryBudget budget{100};
  const supervise::CancelToken never;
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 500; ++round) {
        const auto share = budget.take(10 + 11 * i, never);
        if (budget.status().promised > 100) over = true;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(over);
  EXPECT_EQ(budget.status().promised, 0U);
}

}  // namespace
}  // namespace cex::engine
