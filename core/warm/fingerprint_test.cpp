// SPDX-License-Identifier: Apache-2.0
#include "core/warm/fingerprint.hpp"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace cex::warm {
namespace {

namespace fs = std::filesystem;

class Fingerprint : public ::testing::Test {
 protected:
  Fingerprint() {
    std::string name = ::testing::TempDir() + "cex-fingerprint-XXXXXX";  // tests run side by side
    folder_ = ::mkdtemp(name.data());
    fs::create_directories(folder_ / "include/bits");
    write("include/vector", "one");
    write("include/bits/deep", "two");
    write("tool", "three");
    fs::create_symlink("tool", folder_ / "link");
  }
  ~Fingerprint() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream{folder_ / name} << text;
  }
  [[nodiscard]] std::string print() const {
    return fingerprint({(folder_ / "include").string(), (folder_ / "link").string()}).value_or("");
  }

  fs::path folder_;
};

TEST_F(Fingerprint, is_the_same_while_nothing_changes) {
  const std::string before = print();
  EXPECT_EQ(before.size(), 64U);
  EXPECT_EQ(print(), before);
}

TEST_F(Fingerprint, follows_sizes_times_names_and_what_a_link_points_to) {
  std::string before = print();
  const auto changed = [&] {
    const std::string now = print();
    const bool differs = now != before;
    before = now;
    return differs;
  };
  write("include/bits/deep", "two and more");
  EXPECT_TRUE(changed());
  fs::last_write_time(folder_ / "include/vector",
                      fs::file_time_type::clock::now() + std::chrono::hours{1});
  EXPECT_TRUE(changed());
  write("include/bits/another", "");
  EXPECT_TRUE(changed());
  fs::remove(folder_ / "include/bits/another");
  EXPECT_TRUE(changed());
  write("tool", "something else");
  EXPECT_TRUE(changed());
  fs::remove(folder_ / "tool");
  EXPECT_TRUE(changed());
}

TEST_F(Fingerprint, does_not_care_about_the_order_in_which_a_folder_lists) {
  const std::string before = print();
  const auto time = fs::last_write_time(folder_ / "include/vector");
  // Out and in again: another place in the folder, the same file.
  fs::rename(folder_ / "include/vector", folder_ / "aside");
  write("include/zzz", "");
  fs::rename(folder_ / "aside", folder_ / "include/vector");
  fs::remove(folder_ / "include/zzz");
  fs::last_write_time(folder_ / "include/vector", time);
  EXPECT_EQ(print(), before);
}

}  // namespace
}  // namespace cex::warm
