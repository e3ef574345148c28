// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/announcement.hpp"

#include <gtest/gtest.h>

namespace cex::cluster {
namespace {

Announcement python() {
  AnnouncedLanguage language;
  language.language.id = "python";
  language.language.aliases = {"py"};
  language.options.push_back({"python", "optimize", "0", {"0", "1"}, {}});
  language.toolchains.push_back(
      {"python3.11", "/usr/bin/python3.11", "3.11.2", "", {"python"}, {}});
  language.plugin.id = "org.example.python";
  language.plugin.version = "1.2.3";
  return {language};
}

TEST(Announcement, comes_back_as_it_was) {
  const auto read = decode_announcement(encode(python()));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().language.aliases, python().front().language.aliases);
  EXPECT_EQ(read->front().toolchains.front().version, "3.11.2");
  EXPECT_EQ(read->front().options.front().allowed.size(), 2U);
  EXPECT_EQ(read->front().plugin.id, "org.example.python");
}

TEST(Announcement, refuses_every_cut_and_most_changes_without_harm) {
  const std::string good = encode(python());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode_announcement(std::string_view{good}.substr(0, size))) << size;
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char byte : {'\x00', '\x9f', '\xff', '\x5b', '\x7f'}) {
      std::string changed = good;
      changed[at] = byte;
      static_cast<void>(decode_announcement(changed));
    }
  }
  EXPECT_FALSE(decode_announcement(std::string(1 << 20U, '\x81')));
}

}  // namespace
}  // namespace cex::cluster
