// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/mount_table.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace cex::sandbox {
namespace {

using Kind = TemplateEntry::Kind;

const TemplateEntry* find(const std::vector<TemplateEntry>& entries, const std::string& target,
                          Kind kind) {
  const auto at = std::find_if(entries.begin(), entries.end(), [&](const TemplateEntry& entry) {
    return entry.target == target && entry.kind == kind;
  });
  return at == entries.end() ? nullptr : &*at;
}

TEST(TemplateEntries, put_parents_before_children_and_no_folder_twice) {
  const auto entries = template_entries({{"/usr"}, 60700, 4});
  ASSERT_TRUE(entries);
  std::set<std::string> made;
  for (const auto& entry : *entries) {
    const auto slash = entry.target.rfind('/');
    if (slash != std::string::npos) {
      EXPECT_TRUE(made.count(entry.target.substr(0, slash))) << entry.target;
    }
    if (entry.kind != Kind::read_only) {
      EXPECT_TRUE(made.insert(entry.target).second) << entry.target;
    }
  }
}

TEST(TemplateEntries, synthesise_passwd_instead_of_showing_the_hosts) {
  const auto entries = template_entries({{"/usr"}, 60700, 2});
  ASSERT_TRUE(entries);
  const auto* passwd = find(*entries, "etc/passwd", Kind::file);
  ASSERT_NE(passwd, nullptr);
  EXPECT_NE(passwd->data.find("box:x:60701:60701:"), std::string::npos);
  EXPECT_EQ(find(*entries, "etc", Kind::read_only), nullptr);
  EXPECT_EQ(find(*entries, "etc/shadow", Kind::file), nullptr);
}

TEST(TemplateEntries, bind_a_nested_root_only_once) {
  const auto entries = template_entries({{"/usr/lib", "/usr"}, 60700, 2});
  ASSERT_TRUE(entries);
  EXPECT_NE(find(*entries, "usr", Kind::read_only), nullptr);
  EXPECT_EQ(find(*entries, "usr/lib", Kind::read_only), nullptr);
}

TEST(TemplateEntries, refuse_roots_that_would_show_the_host) {
  for (const char* root : {"/", "/etc", "/root", "/var", "/proc", "usr", "/usr/../etc", "/none"}) {
    const auto entries = template_entries({{root}, 60700, 2});
    ASSERT_FALSE(entries) << root;
    EXPECT_EQ(entries.error().code, Errc::config);
  }
}

}  // namespace
}  // namespace cex::sandbox
