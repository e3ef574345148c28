// SPDX-License-Identifier: Apache-2.0
#include "core/engine/parallel_runs.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <latch>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

TEST(ParallelRuns, make_each_call_once) {
  Permits permits{4};
  const auto mine = permits.take();
  std::mutex mutex;
  std::multiset<std::size_t> seen;
  run_in_parallel(permits, 1000, [&](std::size_t index) {
    const std::lock_guard lock{mutex};
    seen.insert(index);
    return true;
  });
  ASSERT_EQ(seen.size(), 1000U);
  EXPECT_EQ(std::set<std::size_t>(seen.begin(), seen.end()).size(), 1000U);
  run_in_parallel(permits, 0, [&](std::size_t) {
    ADD_FAILURE();
    return true;
  });
}

TEST(ParallelRuns, are_at_work_together_up_to_the_permits_and_no_further) {
  constexpr std::uint32_t kPermits = 3;
  Permits permits{kPermits};
  const auto mine = permits.take();
  std::latch together{kPermits};  // opens only if three calls are made at the same time
  std::atomic<std::uint32_t> now{0};
  std::atomic<std::uint32_t> most{0};
  std::atomic<std::size_t> calls{0};
  run_in_parallel(permits, 50, [&](std::size_t) {
    const std::uint32_t here = ++now;
    std::uint32_t seen = most;
    while (seen < here && !most.compare_exchange_weak(seen, here)) {
    }
    if (calls++ < kPermits) together.arrive_and_wait();
    --now;
    return true;
  });
  EXPECT_EQ(most, kPermits);
}

TEST(ParallelRuns, begin_nothing_after_one_has_said_stop) {
  Permits permits{1};
  const auto mine = permits.take();
  std::vector<std::size_t> seen;
  run_in_parallel(permits, 10, [&](std::size_t index) {
    seen.push_back(index);
    return index < 3;
  });
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1, 2, 3}));
}

TEST(ParallelRuns, give_way_to_a_job_that_wants_to_begin) {
  Permits permits{2};
  const auto mine = permits.take();
  std::atomic<bool> other_began{false};
  std::jthread other;
  std::once_flag once;
  std::atomic<std::size_t> after{0};
  // Without end, as long as the other one has not begun: it can only do so if the helper gives way.
  run_in_parallel(permits, SIZE_MAX, [&](std::size_t) {
    std::call_once(once, [&] {
      other = std::jthread{[&] {
        const auto permit = permits.take();
        other_began = true;
      }};
    });
    if (other_began) ++after;
    return after < 10;
  });
  EXPECT_TRUE(other_began);
}

TEST(Permits, are_not_lent_while_somebody_waits) {
  Permits permits{1};
  {
    const auto held = permits.take();
    EXPECT_FALSE(permits.borrow());
    EXPECT_FALSE(permits.wanted());
  }
  EXPECT_TRUE(permits.borrow());
}

}  // namespace
}  // namespace cex::engine
