// SPDX-License-Identifier: Apache-2.0
#include "core/cache/compile_cache.hpp"

#include <gtest/gtest.h>

namespace cex::cache {
namespace {

Compiled program(std::size_t size) {
  Compiled compiled;
  compiled.step = "c++";
  compiled.outputs.push_back(
      {"program", std::make_shared<const std::string>(size, 'x'), true, false});
  return compiled;
}

constexpr std::size_t kLarge = 100'000;

TEST(CompileCache, gives_back_what_was_stored_without_a_copy) {
  CompileCache cache{1 << 20U};
  EXPECT_EQ(cache.find("a"), nullptr);
  Compiled compiled = program(kLarge);
  const auto* content = compiled.outputs.front().content.get();
  cache.store("a", std::move(compiled));
  const auto found = cache.find("a");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->step, "c++");
  EXPECT_EQ(found->outputs.front().content.get(), content);
  EXPECT_EQ(cache.find("b"), nullptr);
}

TEST(CompileCache, forgets_what_was_not_used_for_longest) {
  CompileCache cache{3 * kLarge + 20'000};
  for (const char* key : {"a", "b", "c"}) cache.store(key, program(kLarge));
  EXPECT_NE(cache.find("a"), nullptr);
  cache.store("d", program(kLarge));
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_NE(cache.find("d"), nullptr);
  EXPECT_EQ(cache.status().entries, 3U);
  EXPECT_LE(cache.status().bytes, 3 * kLarge + 20'000);
}

TEST(CompileCache, keeps_nothing_above_its_size_and_nothing_when_it_is_off) {
  CompileCache small{1000};
  small.store("a", program(kLarge));
  EXPECT_EQ(small.find("a"), nullptr);
  EXPECT_EQ(small.status().bytes, 0U);
  CompileCache off{0};
  EXPECT_FALSE(off.enabled());
  off.store("a", program(1));
  EXPECT_EQ(off.find("a"), nullptr);
}

TEST(CompileCache, leaves_what_is_in_use_to_its_users) {
  CompileCache cache{kLarge + 10'000};
  cache.store("a", program(kLarge));
  const auto held = cache.find("a");
  cache.store("b", program(kLarge));
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_EQ(held->outputs.front().content->size(), kLarge);
}

}  // namespace
}  // namespace cex::cache
