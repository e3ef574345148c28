// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/ids.hpp"

namespace cex {
namespace {

TEST(ReadTextFile, gives_all_bytes_of_a_file_of_any_size) {
  const auto path = std::filesystem::temp_directory_path() / ("cex-file-" + random_hex(8));
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{10'001}}) {
    const std::string text(size, 'x');
    std::ofstream{path, std::ios::binary} << text;
    EXPECT_EQ(read_text_file(path.string()), text);
  }
  std::filesystem::remove(path);
}

TEST(ReplaceFile, puts_a_whole_file_in_the_place_of_another) {
  const auto path = std::filesystem::temp_directory_path() / ("cex-file-" + random_hex(8));
  for (const std::string text : {"first", "second, and longer", ""}) {
    ASSERT_TRUE(replace_file(path.string(), text, 0600, Flush::disk));
    EXPECT_EQ(read_text_file(path.string()), text);
  }
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".new"));
  std::filesystem::remove(path);
  EXPECT_FALSE(replace_file("/no/such/folder/file", "x", 0600, Flush::none));
}

TEST(ReadTextFile, gives_nothing_for_what_cannot_be_read) {
  EXPECT_EQ(read_text_file("/no/such/file"), "");
  EXPECT_EQ(read_text_file("/proc"), "");
}

}  // namespace
}  // namespace cex
