// SPDX-License-Identifier: Apache-2.0
#include "core/policy/limit_rules.hpp"

#include <chrono>
#include <cstdint>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/limit_fields.hpp"

namespace cex::policy {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;

Limits ceiling() {
  return {.wall = milliseconds{60'000},
          .cpu = milliseconds{60'000},
          .memory_bytes = 2048 * kMiB,
          .stack_bytes = 512 * kMiB,
          .processes = 512,
          .open_files = 4096,
          .file_size_bytes = 512 * kMiB,
          .disk_bytes = 512 * kMiB,
          .output_bytes = 16 * kMiB,
          .cpus_milli = 2000};
}

TEST(Narrow, an_empty_request_gives_the_defaults) {
  EXPECT_EQ(*narrow(Limits{}, ceiling(), {}), Limits{});
}

TEST(Narrow, each_limit_stands_alone) {
  Limits expected;
  expected.cpu = milliseconds{20'000};
  EXPECT_EQ(*narrow(Limits{}, ceiling(), {.cpu = milliseconds{20'000}}), expected);
}

TEST(Narrow, the_maximum_itself_is_allowed_and_one_more_is_an_error_that_names_it) {
  EXPECT_TRUE(narrow(Limits{}, ceiling(), {.memory_bytes = 2048 * kMiB}));
  const auto refused = narrow(Limits{}, ceiling(), {.memory_bytes = 2048 * kMiB + 1}, "/limits");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit_too_high);
  EXPECT_EQ(refused.error().pointer, "/limits/memory_bytes");
  EXPECT_THAT(refused.error().message, HasSubstr("2147483648"));
}

TEST(Narrow, zero_and_negative_never_mean_unlimited) {
  EXPECT_EQ(narrow(Limits{}, ceiling(), {.wall = milliseconds{0}}).error().code,
            Errc::invalid_request);
  EXPECT_EQ(narrow(Limits{}, ceiling(), {.wall = milliseconds{-1}}).error().code,
            Errc::invalid_request);
  const auto refused = narrow(Limits{}, ceiling(), {.memory_bytes = 0}, "/tests/3/limits");
  EXPECT_EQ(refused.error().pointer, "/tests/3/limits/memory_bytes");
  EXPECT_THAT(refused.error().message, HasSubstr("1048576"));
}

TEST(Narrow, every_field_is_held_against_both_ends) {
  for (const LimitField& field : kLimitFields) {
    LimitsRequest request;
    field.ask(request, field.get(ceiling()) + 1);
    EXPECT_FALSE(narrow(Limits{}, ceiling(), request)) << field.name;
    field.ask(request, field.minimum - 1);
    EXPECT_FALSE(narrow(Limits{}, ceiling(), request)) << field.name;
    field.ask(request, field.minimum);
    const auto narrowed = narrow(Limits{}, ceiling(), request);
    ASSERT_TRUE(narrowed) << field.name;
    EXPECT_EQ(field.get(*narrowed), field.minimum) << field.name;
  }
}

TEST(Narrow, shows_cpus_as_a_decimal) {
  Limits max = ceiling();
  max.cpus_milli = 1500;
  EXPECT_THAT(narrow(Limits{}, max, {.cpus_milli = 1501}).error().message, HasSubstr("of 1.5"));
  EXPECT_THAT(narrow(Limits{}, ceiling(), {.cpus_milli = 2001}).error().message, HasSubstr("of 2"));
  EXPECT_THAT(narrow(Limits{}, ceiling(), {.cpus_milli = 1}).error().message, HasSubstr("0.01"));
}

TEST(Raise, moves_defaults_but_never_over_the_ceiling) {
  const langspec::Hints modest{
      .threads = 200, .processes = 100, .overhead_memory_bytes = 64 * kMiB, .tmp_bytes = 16 * kMiB};
  const Limits raised = raise(Limits{}, modest, ceiling(), {});
  EXPECT_EQ(raised.processes, 300U);
  EXPECT_EQ(raised.memory_bytes, Limits{}.memory_bytes + 64 * kMiB);
  EXPECT_EQ(raised.disk_bytes, Limits{}.disk_bytes + 16 * kMiB);

  const langspec::Hints greedy{.threads = UINT32_MAX,
                               .processes = UINT32_MAX,
                               .address_space_bytes = UINT64_MAX,
                               .overhead_memory_bytes = UINT64_MAX,
                               .tmp_bytes = UINT64_MAX};
  const Limits clamped = raise(Limits{}, greedy, ceiling(), {});
  EXPECT_EQ(clamped.processes, ceiling().processes);
  EXPECT_EQ(clamped.memory_bytes, ceiling().memory_bytes);
  EXPECT_EQ(clamped.disk_bytes, ceiling().disk_bytes);
}

TEST(Raise, gives_a_slow_compiler_its_time) {
  const Limits max = ceiling();
  const langspec::Hints hints{.cpu_ms = UINT64_MAX};
  EXPECT_EQ(raise(Limits{}, hints, max, {}).cpu, max.cpu);
  EXPECT_EQ(raise(Limits{}, hints, max, {}).wall, max.wall);
  const LimitsRequest asked{.wall = Limits{}.wall, .cpu = Limits{}.cpu};
  EXPECT_EQ(raise(Limits{}, hints, max, asked), Limits{});
}

TEST(Raise, never_lowers) {
  EXPECT_EQ(raise(Limits{}, {.threads = 1}, ceiling(), {}), Limits{});
}

TEST(Raise, leaves_alone_what_the_request_named) {
  const langspec::Hints hints{.threads = 300, .overhead_memory_bytes = kMiB, .tmp_bytes = kMiB};
  const LimitsRequest asked{.memory_bytes = Limits{}.memory_bytes,
                            .processes = Limits{}.processes,
                            .disk_bytes = Limits{}.disk_bytes};
  EXPECT_EQ(raise(Limits{}, hints, ceiling(), asked), Limits{});
}

}  // namespace
}  // namespace cex::policy
