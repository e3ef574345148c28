// SPDX-License-Identifier: Apache-2.0
#include "core/audit/chain.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace cex::audit {
namespace {

AuditRecord record(std::uint64_t sequence) {
  AuditRecord record;
  record.sequence = sequence;
  record.event = AuditEvent::accepted;
  record.job = "job";
  // Keys and values that look like fields of the chain.
  record.labels = {{"hash", std::string(64, 'a')}, {"prev", std::string(64, 'b')}, {"seq", "7"}};
  record.detail = R"(,"hash":"0","seq":9,)";
  return record;
}

std::string without_newline(std::string line) {
  line.pop_back();
  return line;
}

class FollowLine : public ::testing::Test {
 protected:
  FollowLine() {
    before_ = link_;
    line_ = without_newline(seal(record(1), link_));
  }
  Link link_{chain_start()};
  Link before_;
  std::string line_;
};

TEST_F(FollowLine, says_of_a_good_line_what_opening_it_says) {
  for (std::uint64_t sequence = 2; sequence < 20; ++sequence) {
    const auto followed = follow_line(line_, before_);
    const auto opened = open_line(line_);
    ASSERT_TRUE(followed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(followed->sequence, opened->sequence);
    EXPECT_EQ(followed->previous, opened->previous);
    EXPECT_EQ(followed->hash, opened->hash);
    before_ = link_;
    line_ = without_newline(seal(record(sequence), link_));
  }
}

TEST_F(FollowLine, is_not_had_by_any_change_of_one_byte) {
  for (std::size_t i = 0; i < line_.size(); ++i) {
    std::string changed = line_;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(follow_line(changed, before_)) << i;
    EXPECT_FALSE(follow_line(line_.substr(0, i), before_)) << i;
  }
}

TEST_F(FollowLine, holds_a_line_to_its_place) {
  EXPECT_FALSE(follow_line(line_, link_)) << "it does not follow itself";
  Link other = before_;
  other.sequence = 6;  // the label says 7
  EXPECT_FALSE(follow_line(line_, other));
  other = before_;
  other.hash.back() = '1';
  EXPECT_FALSE(follow_line(line_, other));
}

}  // namespace
}  // namespace cex::audit
