// SPDX-License-Identifier: Apache-2.0

// Slots that nobody needs go; who needs them gets them again.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "tests/sandbox/box_fixture.hpp"

namespace cex::test {
namespace {

bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000 * time_factor(); ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return condition();
}

TEST(Pool, gives_idle_slots_up_and_opens_them_for_jobs) {
  auto& pool = Boxes::get().pool();
  const auto rests = [&pool] {
    const auto status = pool.status();
    return status.slots == kKeptSlots && status.ready == kKeptSlots;
  };
  ASSERT_TRUE(comes_true(rests)) << pool.status().slots << " slots";
  std::vector<StepOutcome> outcomes(3 * kKeptSlots);
  std::uint32_t most = 0;
  {
    std::vector<std::jthread> jobs;
    for (StepOutcome& outcome : outcomes) {
      jobs.emplace_back([&outcome] { outcome = run(victim({"nap", "300"})); });
    }
    comes_true([&] {
      most = std::max(most, pool.status().leased);
      return most > kKeptSlots;
    });
  }
  for (const StepOutcome& outcome : outcomes) {
    EXPECT_EQ(outcome.why, WhyEnded::exited) << outcome.failure;
    EXPECT_EQ(outcome.exit_code, 0);
  }
  EXPECT_GT(most, kKeptSlots);
  EXPECT_TRUE(comes_true(rests)) << pool.status().slots << " slots";
}

}  // namespace
}  // namespace cex::test
