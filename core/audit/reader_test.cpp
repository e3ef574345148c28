// SPDX-License-Identifier: Apache-2.0
#include "core/audit/reader.hpp"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/audit/auditor.hpp"
#include "core/audit/log_fixture.hpp"

namespace cex::audit {
namespace {

class AuditReader : public LogFixture {
 protected:
  AuditReader() {
    // The smallest files there may be, so that there are several.
    auto auditor = Auditor::open(folder(), {.rotate_bytes = 1024}).value();
    for (int i = 0; i < 40; ++i) {
      AuditRecord record;
      record.job = "job" + std::to_string(i);
      record.tenant = i % 2 == 0 ? "even" : "odd";
      record.detail = std::string(200, 'x');
      EXPECT_TRUE(auditor->append(record));
    }
    EXPECT_TRUE(auditor->close());
  }

  [[nodiscard]] std::string folder() const { return folder_.string(); }

  std::vector<std::string> jobs(AuditQuery query) const {
    std::vector<std::string> found;
    while (true) {
      const auto page = read_page(folder(), query);
      if (!page) {
        ADD_FAILURE() << page.error().message;
        return found;
      }
      for (const auto& line : page->records) {
        found.push_back(nlohmann::json::parse(line).value("job", "-"));
      }
      if (!page->more) return found;
      query.cursor = page->cursor;
    }
  }
};

TEST_F(AuditReader, gives_every_record_once_whatever_the_pages) {
  const auto all = jobs({.limit = 1000});
  ASSERT_EQ(all.size(), 42U);  // with `started` and `stopped`
  EXPECT_EQ(all.front(), "-");
  EXPECT_EQ(all[1], "job0");
  EXPECT_EQ(jobs({.limit = 1}), all);
  EXPECT_EQ(jobs({.limit = 7}), all);
}

TEST_F(AuditReader, filters) {
  EXPECT_EQ(jobs({.tenant = "odd", .limit = 3}).size(), 20U);
  EXPECT_THAT(jobs({.job = "job17"}), testing::ElementsAre("job17"));
  EXPECT_EQ(jobs({.event = "started"}).size(), 1U);
  EXPECT_TRUE(jobs({.since = "2999-01-01T00:00:00.000Z"}).empty());
  EXPECT_EQ(jobs({.since = "2000-01-01T00:00:00.000Z"}).size(), 42U);
  EXPECT_TRUE(jobs({.until = "2000-01-01T00:00:00.000Z"}).empty());
}

TEST_F(AuditReader, begins_where_the_instant_is) {
  const auto page = read_page(folder(), {.limit = 1000});
  ASSERT_TRUE(page);
  std::vector<std::string> times;
  for (const auto& line : page->records) {
    times.push_back(nlohmann::json::parse(line)["time"].get<std::string>());
  }
  // Several records may bear one millisecond, and a file may end within it.
  for (const std::string& time : times) {
    const auto wanted = std::count_if(times.begin(), times.end(),
                                      [&](const std::string& other) { return other >= time; });
    EXPECT_EQ(jobs({.since = time}).size(), static_cast<std::size_t>(wanted)) << time;
  }
}

TEST_F(AuditReader, goes_on_from_the_end_when_more_is_written) {
  const auto end = read_page(folder(), {.limit = 1000});
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->more);
  EXPECT_TRUE(jobs({.cursor = end->cursor}).empty());
  auto auditor = Auditor::open(folder(), {.rotate_bytes = 1024}).value();
  AuditRecord record;
  record.job = "late";
  ASSERT_TRUE(auditor->append(record));
  EXPECT_THAT(jobs({.cursor = end->cursor}), testing::ElementsAre("-", "late"));
}

TEST_F(AuditReader, refuses_cursors_that_it_did_not_make) {
  for (const char* cursor : {"x", "1", "1-", "-1", "1-1", "99-0", "1-99999999", "0-0", "1-2-3"}) {
    const auto page = read_page(folder(), {.cursor = cursor});
    ASSERT_FALSE(page) << cursor;
    EXPECT_EQ(page.error().code, Errc::invalid_request) << cursor;
  }
}

TEST_F(AuditReader, finds_the_last_records) {
  for (const std::size_t lines : {0U, 1U, 3U, 20U, 42U, 1000U}) {
    const auto cursor = cursor_before_end(folder(), lines);
    ASSERT_TRUE(cursor);
    EXPECT_EQ(jobs({.cursor = *cursor}).size(), std::min<std::size_t>(lines, 42)) << lines;
  }
}

TEST_F(AuditReader, leaves_a_line_that_is_being_written) {
  std::ofstream{folder() + "/audit-999999.jsonl"} << "{\"seq\":1";
  EXPECT_EQ(jobs({.limit = 1000}).size(), 42U);
}

TEST(AuditInstant, has_the_form_of_records) {
  EXPECT_EQ(instant_text("2026-01-31T12:00:00Z"), "2026-01-31T12:00:00.000Z");
  EXPECT_EQ(instant_text("2026-01-31T12:00:00.5Z"), "2026-01-31T12:00:00.500Z");
  EXPECT_EQ(instant_text("2026-01-31T12:00:00.123456Z"), "2026-01-31T12:00:00.123Z");
  for (const char* text :
       {"", "Z", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31T12:00:00+01:00",
        "2026-01-31T12:00:00.Z", "2026-01-31 12:00:00Z", "2026-01-31T12:00:00.1xZ"}) {
    EXPECT_FALSE(instant_text(text)) << text;
  }
}

}  // namespace
}  // namespace cex::audit
