// SPDX-License-Identifier: Apache-2.0

// What a step is said to have used, against programs whose use is known.
#include <cstdint>

#include "tests/sandbox/box_fixture.hpp"

namespace cex::test {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;

TEST(Accounting, memory_is_what_the_program_touched) {
  if (!enforced_or_refused()) return;
  for (const std::uint64_t mib : {std::uint64_t{32}, std::uint64_t{128}}) {
    auto plan = victim({"touch", std::to_string(mib)});
    plan.limits.memory_bytes = 256 * kMiB;
    const auto outcome = run(plan);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.failure;
    EXPECT_GE(outcome.usage.memory_peak_bytes, mib * kMiB);
    // Its own pages and its page tables come on top, in any size.
    EXPECT_LE(outcome.usage.memory_peak_bytes, mib * kMiB * 105 / 100 + 2 * kMiB);
  }
}

TEST(Accounting, memory_of_the_program_before_is_not_the_next_ones) {
  if (!enforced_or_refused()) return;
  // More of them than slots, so that every slot has had a large one.
  for (int i = 0; i < 5; ++i) {
    auto large = victim({"touch", "128"});
    large.limits.memory_bytes = 256 * kMiB;
    EXPECT_EQ(run(large).exit_code, 0);
    EXPECT_LT(run(victim({"touch", "1"})).usage.memory_peak_bytes, 8 * kMiB);
  }
}

TEST(Accounting, cpu_time_is_the_programs_and_its_childrens) {
  if (!enforced_or_refused()) return;
  for (const char* what : {"burn", "burn_in_children"}) {
    const auto outcome = run(victim({what, "300"}));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.failure;
    // The kernel's two accounts, of the process and of its group, are brought up to date at other
    // moments.
    EXPECT_GE(outcome.usage.cpu, milliseconds{290}) << what;
    // Starting programs costs CPU time as well, how much is the machine's business.
    EXPECT_LE(outcome.usage.cpu, milliseconds{300 + 60 * time_factor()}) << what;
  }
}

TEST(Accounting, a_sleeper_uses_the_wall_clock_only) {
  const auto outcome = run(victim({"nap", "300"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.failure;
  EXPECT_GE(outcome.usage.wall, milliseconds{300});
  EXPECT_LE(outcome.usage.cpu, milliseconds{60 * time_factor()});
}

}  // namespace
}  // namespace cex::test
