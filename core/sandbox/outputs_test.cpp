// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/outputs.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/ids.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::sandbox {
namespace {

namespace fs = std::filesystem;

class Outputs : public ::testing::Test {
 protected:
  Outputs() : root_{fs::temp_directory_path() / ("cex-outputs-" + random_hex(8))} {
    fs::create_directories(root_ / "sub");
    dir_ = UniqueFd{::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  }
  ~Outputs() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream{root_ / name, std::ios::binary} << text;
  }
  Collected collect_all(std::uint64_t bytes = 1 << 20U, std::uint32_t files = 100) {
    auto collected = collect(dir_.get(), {"**"}, {files, bytes, bytes});
    EXPECT_TRUE(collected);
    return collected ? *collected : Collected{};
  }

  fs::path root_;
  UniqueFd dir_;
};

TEST_F(Outputs, brings_regular_files_with_their_bytes_and_mode) {
  write("sub/b.bin", std::string{"\0x\n", 3});
  write("a.out", "elf");
  ::chmod((root_ / "a.out").c_str(), 0755);
  const auto found = collect_all();
  ASSERT_EQ(found.files.size(), 2U);
  EXPECT_EQ(found.files[0].path, "a.out");
  EXPECT_TRUE(found.files[0].executable);
  EXPECT_EQ(*found.files[1].content, (std::string{"\0x\n", 3}));
  EXPECT_FALSE(found.truncated);
}

TEST_F(Outputs, passes_over_links_pipes_and_second_names) {
  fs::create_symlink("/etc/passwd", root_ / "link");
  fs::create_directory_symlink("/etc", root_ / "folder");
  ASSERT_EQ(::mkfifo((root_ / "pipe").c_str(), 0644), 0);
  write("one", "x");
  fs::create_hard_link(root_ / "one", root_ / "two");
  EXPECT_TRUE(collect_all().files.empty());
}

TEST_F(Outputs, cuts_at_the_byte_limit_and_says_so) {
  write("a", std::string(100, 'a'));
  const auto found = collect_all(10);
  ASSERT_EQ(found.files.size(), 1U);
  EXPECT_EQ(found.files[0].content->size(), 10U);
  EXPECT_TRUE(found.files[0].truncated);
  EXPECT_TRUE(found.truncated);
}

TEST_F(Outputs, stops_at_the_file_limit) {
  for (int i = 0; i < 5; ++i) write("f" + std::to_string(i), "x");
  const auto found = collect_all(1000, 3);
  EXPECT_EQ(found.files.size(), 3U);
  EXPECT_TRUE(found.truncated);
}

TEST_F(Outputs, stops_matching_when_names_and_globs_ask_for_too_much) {
  for (int i = 0; i < 300; ++i) write(std::string(240, 'n') + std::to_string(i), "x");
  const std::vector<std::string> globs(32, std::string(1000, 'g'));
  const auto found = collect(dir_.get(), globs, {100, 1000, 1000});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->truncated);
}

TEST_F(Outputs, walks_a_deep_tree_without_using_the_stack) {
  int at = ::open(root_.c_str(), O_RDONLY | O_DIRECTORY);
  for (int depth = 0; depth < 3000; ++depth) {
    ASSERT_EQ(::mkdirat(at, "d", 0755), 0);
    const int next = ::openat(at, "d", O_RDONLY | O_DIRECTORY);
    ::close(at);
    at = next;
  }
  ::close(at);
  write("here", "x");
  EXPECT_EQ(collect_all().files.size(), 1U);
}

}  // namespace
}  // namespace cex::sandbox
