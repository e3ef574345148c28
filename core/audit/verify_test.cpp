// SPDX-License-Identifier: Apache-2.0
#include "core/audit/verify.hpp"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/audit/log_fixture.hpp"
#include "core/base/text.hpp"

namespace cex::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kFirst = "audit-000001.jsonl";

class Verify : public LogFixture {};

TEST_F(Verify, a_log_that_nobody_touched_is_fine) {
  write_log(5);
  const auto report = verify(folder_.string());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->ok()) << findings();
  EXPECT_EQ(report->records, 7U);  // started, 5, stopped
  EXPECT_EQ(report->first_sequence, 1U);
  EXPECT_EQ(report->last_sequence, 7U);
  EXPECT_EQ(report->signed_sequence, 7U);
  EXPECT_THAT(report->notes, IsEmpty());
  EXPECT_THAT(findings(kFirst), IsEmpty());
}

TEST_F(Verify, finds_a_changed_record) {
  write_log(5);
  auto all = lines(kFirst);
  const auto at = all[3].find("\"verdict\":\"ok\"");
  ASSERT_NE(at, std::string::npos);
  all[3].replace(at, 14, "\"verdict\":\"no\"");
  write_lines(kFirst, all);
  EXPECT_EQ(findings(), std::string{kFirst} + ":4: was changed: its hash is not its own\n");
}

TEST_F(Verify, finds_even_a_change_of_white_space) {
  write_log(2);
  auto all = lines(kFirst);
  all[1] += " ";
  write_lines(kFirst, all);
  EXPECT_THAT(findings(), HasSubstr(":2: "));
}

TEST_F(Verify, finds_a_changed_record_whose_hash_was_made_anew) {
  write_log(3);
  auto all = lines(kFirst);
  // The forger recomputes the record's own hash as a verifier would.
  auto& line = all[2];
  line.replace(line.find("job-1"), 5, "job-X");
  const auto at = line.find("\"hash\":\"");
  const std::string without = line.substr(0, at) + line.substr(at + 8 + 64 + 2);
  const auto prev = line.substr(line.find("\"prev\":\"") + 8, 64);
  line.replace(at + 8, 64, sha256_hex(prev + without));
  write_lines(kFirst, all);
  EXPECT_THAT(findings(), HasSubstr(":4: does not follow the record before it"));
}

TEST_F(Verify, finds_a_removed_record) {
  write_log(5);
  auto all = lines(kFirst);
  all.erase(all.begin() + 2);
  write_lines(kFirst, all);
  EXPECT_THAT(findings(), HasSubstr(":3: records 3 to 3 are missing before it"));
  EXPECT_THAT(findings(kFirst), HasSubstr("missing"));
}

TEST_F(Verify, finds_a_removed_beginning) {
  write_log(5);
  auto all = lines(kFirst);
  all.erase(all.begin(), all.begin() + 2);
  write_lines(kFirst, all);
  EXPECT_THAT(findings(), HasSubstr(":1: records 1 to 2 are missing"));
}

TEST_F(Verify, finds_reordered_and_repeated_records) {
  write_log(5);
  auto all = lines(kFirst);
  std::swap(all[2], all[3]);
  write_lines(kFirst, all);
  EXPECT_THAT(findings(), HasSubstr(":4: record 3 stands where record 5 belongs"));
  std::swap(all[2], all[3]);
  all.insert(all.begin() + 2, all[1]);
  write_lines(kFirst, all);
  EXPECT_THAT(findings(), HasSubstr(":3: record 2 stands where record 3 belongs"));
}

TEST_F(Verify, finds_a_cut_tail) {
  write_log(5);
  auto all = lines(kFirst);
  all.resize(4);
  write_lines(kFirst, all);
  EXPECT_THAT(findings(), HasSubstr("the tail is cut: record 7 was signed, the log ends at 4"));
  EXPECT_THAT(findings(kFirst), HasSubstr("the tail is cut"));
}

TEST_F(Verify, finds_a_tail_cut_inside_a_line) {
  write_log(5);
  std::string text = read(kFirst);
  text.resize(text.size() - 10);
  write(kFirst, text);
  EXPECT_THAT(findings(), HasSubstr("the tail is cut: record 7 was signed, the log ends at 6"));
}

TEST_F(Verify, finds_a_missing_or_forged_head) {
  write_log(2);
  const std::string head = read("head.json");
  std::filesystem::remove(folder_ / "head.json");
  EXPECT_THAT(findings(), HasSubstr("head.json:0: is missing"));

  std::string forged = head;
  forged.replace(forged.find("\"seq\":4"), 7, "\"seq\":2");
  write("head.json", forged);
  EXPECT_THAT(findings(), HasSubstr("is not signed by the audit key"));
  write("head.json", "{}");
  EXPECT_THAT(findings(), HasSubstr("head.json"));
  write("head.json", head);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Verify, finds_a_log_made_anew_if_the_key_is_kept_elsewhere) {
  write_log(2);
  const std::string trusted = ::testing::TempDir() + "cex-trusted-key.pub";
  std::filesystem::copy_file(folder_ / "key.pub", trusted,
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove_all(folder_);
  write_log(2);
  EXPECT_THAT(findings(), IsEmpty());
  const auto report = verify(folder_.string(), {.public_key = trusted});
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->ok());
  std::filesystem::remove(trusted);
}

TEST_F(Verify, follows_the_chain_over_files_and_finds_a_missing_one) {
  settings_.rotate_bytes = 1500;
  write_log(10);
  ASSERT_TRUE(std::filesystem::exists(folder_ / "audit-000003.jsonl"));
  EXPECT_THAT(findings(), IsEmpty());
  EXPECT_THAT(findings("audit-000002.jsonl"), IsEmpty());
  std::filesystem::remove(folder_ / "audit-000002.jsonl");
  EXPECT_THAT(findings(), HasSubstr("file audit-000002.jsonl is missing"));
}

TEST_F(Verify, finds_that_the_newest_files_are_gone) {
  settings_.rotate_bytes = 1500;
  write_log(10);
  std::filesystem::remove(folder_ / "audit-000001.jsonl");
  EXPECT_THAT(findings(), HasSubstr("audit-000001.jsonl is missing"));
  for (int i = 3; i < 20; ++i) {
    std::string number = std::to_string(i);
    number.insert(0, 6 - number.size(), '0');
    std::filesystem::remove(folder_ / ("audit-" + number + ".jsonl"));
  }
  EXPECT_THAT(findings(), HasSubstr("the tail is cut"));
}

TEST_F(Verify, binary_rubbish_is_a_finding_and_not_a_crash) {
  write_log(1);
  write(kFirst, read(kFirst) + std::string("\0\xFF{[[[\n", 7));
  EXPECT_THAT(findings(), HasSubstr(":4: is not a JSON object"));
}

TEST_F(Verify, says_so_when_there_is_nothing) {
  EXPECT_THAT(findings(), HasSubstr("has no audit-*.jsonl"));
  EXPECT_THAT(findings("nowhere"), HasSubstr("no such file or folder"));
}

TEST_F(Verify, takes_the_data_folder_for_the_audit_folder_in_it) {
  const auto outer = folder_;
  folder_ /= "audit";
  write_log(1);
  folder_ = outer;
  EXPECT_THAT(findings(), IsEmpty());
}

}  // namespace
}  // namespace cex::audit
