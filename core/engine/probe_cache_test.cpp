// SPDX-License-Identifier: Apache-2.0
#include "core/engine/probe_cache.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/ids.hpp"

namespace cex::engine {
namespace {

namespace fs = std::filesystem;

class ProbeCaching : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_);
    write("first");
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& text) const { std::ofstream{program()} << text; }
  [[nodiscard]] std::string program() const { return (folder_ / "program").string(); }
  [[nodiscard]] std::string file() const { return (folder_ / "answers").string(); }

  fs::path folder_{fs::temp_directory_path() / ("cex-probes-" + random_hex(8))};
};

TEST_F(ProbeCaching, outlives_the_process_byte_by_byte) {
  const std::string key = ProbeCache::key_of(program(), {"--version"});
  {
    ProbeCache cache{file()};
    EXPECT_FALSE(cache.find(key));
    cache.put(key, {3, std::string{"\xff\0out", 5}, "err"});
    cache.save();
  }
  ProbeCache cache{file()};
  const auto found = cache.find(key);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->exit_code, 3);
  EXPECT_EQ(found->out, (std::string{"\xff\0out", 5}));
  EXPECT_EQ(found->err, "err");
}

TEST_F(ProbeCaching, knows_a_changed_program_by_its_file) {
  const std::string key = ProbeCache::key_of(program(), {"-v"});
  EXPECT_EQ(ProbeCache::key_of(program(), {"-v"}), key);
  EXPECT_NE(ProbeCache::key_of(program(), {"-V"}), key);
  EXPECT_NE(ProbeCache::key_of(program(), {"-", "v"}), key);
  // The same text at the same place with the same time is another file all the same.
  const auto time = fs::last_write_time(program());
  fs::rename(program(), program() + ".old");
  write("first");
  fs::last_write_time(program(), time);
  EXPECT_NE(ProbeCache::key_of(program(), {"-v"}), key);
  fs::remove(program());
  EXPECT_EQ(ProbeCache::key_of(program(), {"-v"}), "");
}

TEST_F(ProbeCaching, asks_again_when_a_file_among_the_arguments_came_or_changed) {
  const std::string jar = (folder_ / "a.jar").string();
  const std::vector<std::string> args{"-cp", "/no/such.jar:" + jar, "Main"};
  const std::string without = ProbeCache::key_of(program(), args);
  std::ofstream{jar} << "one";
  const std::string with = ProbeCache::key_of(program(), args);
  EXPECT_NE(with, without);
  EXPECT_EQ(ProbeCache::key_of(program(), args), with);
  std::ofstream{jar} << "another";
  EXPECT_NE(ProbeCache::key_of(program(), args), with);
}

TEST_F(ProbeCaching, begins_anew_where_the_file_is_damaged) {
  {
    ProbeCache cache{file()};
    cache.put("key", {0, "out", ""});
    cache.save();
  }
  const auto size = fs::file_size(file());
  for (std::uintmax_t left = 0; left < size; ++left) {
    fs::resize_file(file(), left);
    EXPECT_FALSE(ProbeCache{file()}.find("key")) << left;
    ProbeCache cache{file()};
    cache.put("key", {0, "out", ""});
    cache.save();
    ASSERT_TRUE(ProbeCache{file()}.find("key"));
  }
}

}  // namespace
}  // namespace cex::engine
