// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/stored_event.hpp"

#include <gtest/gtest.h>

namespace cex::cluster {
namespace {

Reply text(std::string value) {
  Reply reply;
  reply.kind = Reply::Kind::text;
  reply.text = std::move(value);
  return reply;
}

Reply list(std::vector<Reply> items) {
  Reply reply;
  reply.kind = Reply::Kind::list;
  reply.items = std::move(items);
  return reply;
}

/// What XRANGE gives for what the words of an event became.
Reply entry_of(const std::vector<std::string>& words) {
  return list({text(words[0] + "-0"),
               list({text("k"), text(words[1]), text("c"), text(words[2]), text("r"),
                     text(words[3]), text("s"), text(words[4]), text("b"), text(words[5])})});
}

std::vector<std::string> words_of(const JobEvent& event) {
  std::vector<std::string> words;
  add_words(words, event);
  return words;
}

TEST(StoredEvent, comes_back_as_it_was) {
  JobEvent event;
  event.sequence = 17;
  event.kind = JobEvent::Kind::err;
  event.compile = true;
  event.run = 3;
  event.bytes = std::string{"\0\xff\n", 3};
  const auto read = read_event(entry_of(words_of(event)));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sequence, 17U);
  EXPECT_EQ(read->kind, JobEvent::Kind::err);
  EXPECT_TRUE(read->compile);
  EXPECT_EQ(read->run, 3U);
  EXPECT_EQ(read->bytes, event.bytes);
}

TEST(StoredEvent, refuses_what_is_none) {
  JobEvent event;
  event.sequence = 1;
  const auto good = words_of(event);
  ASSERT_TRUE(read_event(entry_of(good)));
  const std::vector<std::vector<std::string>> wrong{{"0", "-1", "x", "", "18446744073709551616"},
                                                    {"5", "x", "-1", ""},
                                                    {"2", "yes", ""},
                                                    {"4294967296", "x"},
                                                    {"4", "x", ""}};
  for (std::size_t at = 0; at < wrong.size(); ++at) {
    for (const std::string& value : wrong[at]) {
      auto words = good;
      words[at] = value;
      EXPECT_FALSE(read_event(entry_of(words))) << at << " " << value;
    }
  }
  auto large = good;
  large[5].assign((std::size_t{1} << 20U) + 1, 'x');
  EXPECT_FALSE(read_event(entry_of(large)));
  EXPECT_FALSE(read_event({}));
  EXPECT_FALSE(read_event(list({text("1-0")})));
  EXPECT_FALSE(read_event(list({text("1"), list({})})));
  EXPECT_FALSE(read_event(list({list({}), list({text("k")})})));
}

}  // namespace
}  // namespace cex::cluster
