// SPDX-License-Identifier: Apache-2.0
#include "core/plugin_host/packing.hpp"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::plugin_host {
namespace {

cex_str text(std::string_view from) {
  return {from.data(), from.size()};
}
std::string_view view(cex_str from) {
  return {from.ptr, from.len};
}

std::string packed_step(const cex_step& step) {
  Packer packer;
  fields(packer, step);
  return packer.bytes();
}

TEST(Packing, a_record_comes_out_as_it_went_in) {
  const cex_str argv[] = {text("/usr/bin/true"), text(""), text(std::string_view{"a\0b", 3})};
  cex_step step{};
  step.h = {sizeof(step), 5, 9};
  step.phase = 2;
  step.name = text("run");
  step.argv = {argv, 3};
  step.hint_cpu_ms = UINT64_MAX;
  const std::string bytes = packed_step(step);
  Unpacker from{bytes};
  cex_step back{};
  fields(from, back);
  ASSERT_TRUE(from.at_end());
  EXPECT_EQ(back.h.flags, 5U);
  EXPECT_EQ(back.h.required_features, 9U);
  EXPECT_EQ(back.phase, 2U);
  EXPECT_EQ(view(back.name), "run");
  ASSERT_EQ(back.argv.count, 3U);
  EXPECT_EQ(view(back.argv.items[1]), "");
  EXPECT_EQ(view(back.argv.items[2]), (std::string_view{"a\0b", 3}));
  EXPECT_EQ(back.env.count, 0U);
  EXPECT_EQ(back.hint_cpu_ms, UINT64_MAX);
}

TEST(Packing, a_length_without_a_text_stays_one) {
  cex_step step{};
  step.name = {nullptr, 7};
  step.argv = {nullptr, 7};
  const std::string bytes = packed_step(step);
  Unpacker from{bytes};
  cex_step back{};
  fields(from, back);
  ASSERT_TRUE(from.at_end());
  EXPECT_EQ(back.name.ptr, nullptr);
  EXPECT_GT(back.name.len, 0U);
  EXPECT_EQ(back.argv.items, nullptr);
  EXPECT_GT(back.argv.count, 0U);
}

TEST(Packing, whatever_is_cut_or_changed_is_refused_or_stays_within_its_bytes) {
  const cex_str argv[] = {text("/usr/bin/true"), text("x")};
  cex_step step{};
  step.name = text("run");
  step.argv = {argv, 2};
  step.env = {argv, 2};
  const std::string good = packed_step(step);
  const auto reads = [](const std::string& bytes) {
    Unpacker from{bytes};
    cex_step back{};
    fields(from, back);
    std::size_t seen = 0;
    for (std::size_t i = 0; from.ok() && back.argv.items != nullptr && i < back.argv.count; ++i) {
      seen += back.argv.items[i].ptr == nullptr ? 0 : view(back.argv.items[i]).size();
    }
    EXPECT_LE(seen, bytes.size());
    return from.at_end();
  };
  ASSERT_TRUE(reads(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(reads(good.substr(0, size))) << size;
  }
  std::mt19937 dice{1};  // NOLINT(cert-msc51-cpp): the same in every run
  for (int round = 0; round < 20000; ++round) {
    std::string bad = good;
    for (int i = 0; i < 3; ++i) bad[dice() % bad.size()] = static_cast<char>(dice());
    static_cast<void>(reads(bad));
  }
}

}  // namespace
}  // namespace cex::plugin_host
