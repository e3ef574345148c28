// SPDX-License-Identifier: Apache-2.0
#include "core/engine/event_log.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

JobEvent output(std::string bytes, std::uint32_t run = 0) {
  JobEvent event;
  event.kind = JobEvent::Kind::out;
  event.bytes = std::move(bytes);
  event.run = run;
  return event;
}

JobEvent result() {
  JobEvent event;
  event.kind = JobEvent::Kind::result;
  return event;
}

TEST(EventLog, numbers_from_one_and_resumes_without_loss) {
  EventLog log;
  log.append(output("a"));
  auto page = log.read(0);
  ASSERT_EQ(page.events.size(), 1U);
  EXPECT_EQ(page.events[0].sequence, 1U);
  log.append(output("b"));
  log.append(result());
  page = log.read(1);
  ASSERT_EQ(page.events.size(), 2U);
  EXPECT_EQ(page.events[0].bytes, "b");
  EXPECT_EQ(page.events[1].sequence, 3U);
  EXPECT_TRUE(page.finished);
}

TEST(EventLog, joins_output_that_nobody_has_read_and_never_changes_what_was) {
  EventLog log;
  log.append(output("a"));
  log.append(output("b"));
  EXPECT_EQ(log.read(0).events.at(0).bytes, "ab");
  log.append(output("c"));
  EXPECT_EQ(log.read(0).events.at(0).bytes, "ab");
  EXPECT_EQ(log.read(1).events.at(0).bytes, "c");
  log.append(output("d", 1));
  EXPECT_EQ(log.read(2).events.at(0).run, 1U);
}

TEST(EventLog, stays_small_under_a_reader_that_follows_every_byte) {
  EventLog log;
  std::uint64_t after = 0;
  std::string seen;
  for (int i = 0; i < 100'000; ++i) {
    log.append(output("x"));
    for (const auto& event : log.read(after).events) {
      after = event.sequence;
      seen += event.bytes;
    }
  }
  EXPECT_LT(after, 5000U);
  log.append(result());
  for (auto page = log.read(after);; page = log.read(after)) {
    for (const auto& event : page.events) {
      after = event.sequence;
      seen += event.bytes;
    }
    if (page.finished) break;
  }
  EXPECT_EQ(seen.size(), 100'000U);
}

}  // namespace
}  // namespace cex::engine
