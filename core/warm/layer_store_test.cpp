// SPDX-License-Identifier: Apache-2.0
#include "core/warm/layer_store.hpp"

#include <stdlib.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/files.hpp"

namespace cex::warm {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kBudget = 1000;

FileSet files(const std::string& content) {
  return {{"a/b.txt", std::make_shared<const std::string>(content), false, false},
          {"tool", std::make_shared<const std::string>("#!"), true, false}};
}

class Store : public ::testing::Test {
 protected:
  Store() {
    std::string name = ::testing::TempDir() + "cex-layer-store-XXXXXX";  // tests run side by side
    folder_ = ::mkdtemp(name.data());
    for (const auto& path : LayerStore::folders(folder_.string())) fs::create_directories(path);
  }
  ~Store() override { fs::remove_all(folder_); }

  [[nodiscard]] LayerStore open() const { return LayerStore{folder_.string(), kBudget}; }
  [[nodiscard]] fs::path content(const std::string& name) const {
    return folder_ / "content" / name;
  }

  fs::path folder_;
};

TEST_F(Store, gives_back_what_was_published_also_after_a_restart) {
  std::string name;
  {
    LayerStore store{folder_.string(), kBudget};
    EXPECT_EQ(store.find("key"), nullptr);
    const auto layer = store.publish("key", files("hello"));
    ASSERT_TRUE(layer) << layer.error().message;
    name = (*layer)->name();
    EXPECT_EQ((*layer)->bytes(), 7U);
  }
  LayerStore store{folder_.string(), kBudget};
  EXPECT_EQ(store.hold(name), nullptr) << "nobody has asked for it yet";
  const auto again = store.find("key");
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->name(), name);
  EXPECT_EQ(store.hold(name), again);
  EXPECT_EQ(read_text_file((content(name) / "a/b.txt").string()), "hello");
  struct stat status {};
  ASSERT_EQ(::stat((content(name) / "a/b.txt").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0444U);
  ASSERT_EQ(::stat((content(name) / "tool").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0555U);
  EXPECT_EQ(store.find("another key"), nullptr);
}

TEST_F(Store, throws_away_a_layer_that_is_not_as_it_was_sealed) {
  for (const char* harm : {"changed", "missing", "no seal"}) {
    std::string name;
    {
      LayerStore store{folder_.string(), kBudget};
      const auto layer = store.publish("key", files("hello"));
      ASSERT_TRUE(layer);
      name = (*layer)->name();
    }
    const fs::path file = content(name) / "a/b.txt";
    fs::permissions(file, fs::perms::owner_write, fs::perm_options::add);
    if (std::string{harm} == "changed") std::ofstream{file} << "hellO";
    if (std::string{harm} == "missing") fs::remove(file);
    if (std::string{harm} == "no seal") fs::remove(folder_ / "seals" / name);
    LayerStore store{folder_.string(), kBudget};
    EXPECT_EQ(store.find("key"), nullptr) << harm;
    EXPECT_TRUE(store.publish("key", files("hello"))) << "it can be built again: " << harm;
    store.drop(name);
  }
}

TEST_F(Store, makes_room_by_giving_up_what_was_not_used_for_longest) {
  LayerStore store{folder_.string(), kBudget};
  const auto name_of = [&](const char* key) {
    return (*store.publish(key, files(std::string(400, 'x'))))->name();
  };
  const std::string first = name_of("first");
  const std::string second = name_of("second");
  store.touch(first);
  const std::string third = name_of("third");
  EXPECT_NE(store.hold(first), nullptr);
  EXPECT_EQ(store.hold(second), nullptr);
  EXPECT_NE(store.hold(third), nullptr);
  EXPECT_FALSE(fs::exists(content(second)));
  EXPECT_LE(store.bytes(), kBudget);
}

TEST_F(Store, never_takes_a_layer_from_under_a_job) {
  LayerStore store{folder_.string(), kBudget};
  auto held = *store.publish("held", files(std::string(700, 'x')));
  const auto none = store.publish("other", files(std::string(700, 'y')));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::too_large);
  const std::string name = held->name();
  store.drop(name);
  EXPECT_TRUE(fs::exists(content(name) / "tool")) << "its holder may still use it";
  held.reset();
  EXPECT_FALSE(fs::exists(content(name)));
  EXPECT_TRUE(store.publish("other", files(std::string(700, 'y'))));
}

TEST_F(Store, removes_what_nobody_claimed_and_what_was_left_half_written) {
  std::string old;
  {
    LayerStore store{folder_.string(), kBudget};
    old = (*store.publish("of a toolchain that is gone", files("x")))->name();
  }
  fs::create_directories(folder_ / "building/half");
  LayerStore store{folder_.string(), kBudget};
  EXPECT_FALSE(fs::exists(folder_ / "building/half"));
  const auto mine = store.publish("mine", files("y"));
  ASSERT_TRUE(mine);
  store.drop_unclaimed();
  EXPECT_FALSE(fs::exists(content(old)));
  EXPECT_TRUE(fs::exists(content((*mine)->name())));
}

}  // namespace
}  // namespace cex::warm
