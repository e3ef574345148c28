// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/file_trust.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::plugins {
namespace {

using ::testing::HasSubstr;

class FileTrust : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::canonical(::testing::TempDir()).string() + "/trustXXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    file_ = folder_ + "/plugin.json";
    std::ofstream{file_} << "{}";
    ::chmod(file_.c_str(), 0644);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string problem(uid_t service = ::geteuid()) const {
    const auto result = whose(file_, service);
    if (!result) return result.error().message;
    return *result == Hands::ours ? std::string{} : "foreign";
  }

  std::string folder_;
  std::string file_;
};

TEST_F(FileTrust, takes_a_file_that_only_its_owner_may_write) {
  EXPECT_EQ(problem(), "");
}

TEST_F(FileTrust, refuses_a_file_that_others_may_write) {
  ::chmod(file_.c_str(), 0664);
  EXPECT_THAT(problem(), HasSubstr("chmod go-w " + file_));
  ::chmod(file_.c_str(), 0646);
  EXPECT_THAT(problem(), HasSubstr("writable by group or others"));
}

TEST_F(FileTrust, refuses_a_folder_that_others_may_write_even_if_it_is_sticky) {
  ::chmod(folder_.c_str(), 01777);
  EXPECT_THAT(problem(), HasSubstr(folder_ + " is writable"));
}

TEST_F(FileTrust, refuses_a_link) {
  std::filesystem::rename(file_, folder_ + "/real.json");
  std::filesystem::create_symlink("real.json", file_);
  EXPECT_THAT(problem(), HasSubstr("is a link"));
}

TEST_F(FileTrust, tells_somebody_elses_file_and_folder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_EQ(::chown(file_.c_str(), 12345, 12345), 0);
  EXPECT_EQ(problem(), "foreign");
  EXPECT_EQ(problem(12345), "");
  ASSERT_EQ(::chown(file_.c_str(), 0, 0), 0);
  EXPECT_EQ(problem(), "");
  ASSERT_EQ(::chown(folder_.c_str(), 12345, 12345), 0);
  EXPECT_EQ(problem(), "foreign");
}

TEST_F(FileTrust, says_what_is_missing) {
  std::filesystem::remove(file_);
  EXPECT_THAT(problem(), HasSubstr(file_));
}

}  // namespace
}  // namespace cex::plugins
