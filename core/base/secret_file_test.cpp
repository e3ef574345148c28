// SPDX-License-Identifier: Apache-2.0
#include "core/base/secret_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace cex {
namespace {

using testing::HasSubstr;

class SecretFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "cex-secret-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    std::filesystem::remove_all(folder_);
  }
  std::string write(const std::string& name, const std::string& text, mode_t mode) const {
    const std::string path = folder_ + "/" + name;
    std::ofstream{path} << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  std::string folder_;
};

TEST_F(SecretFile, is_read_without_its_newline) {
  const auto secret = read_secret(write("a", "0123456789abcdef\n", 0600));
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_EQ(*secret, "0123456789abcdef");
}

TEST_F(SecretFile, is_refused_where_others_may_read_it) {
  const auto secret = read_secret(write("a", "0123456789abcdef\n", 0640));
  ASSERT_FALSE(secret);
  EXPECT_THAT(secret.error().message, HasSubstr("chmod 600"));
}

TEST_F(SecretFile, is_refused_when_short_empty_missing_or_a_folder) {
  EXPECT_FALSE(read_secret(write("a", "0123456789abcde\n", 0600)));
  EXPECT_FALSE(read_secret(write("b", "\n", 0600)));
  EXPECT_FALSE(read_secret(folder_ + "/none"));
  EXPECT_FALSE(read_secret(folder_ + "/"));
  const auto long_one = read_secret(write("c", std::string(70'000, 'x'), 0600));
  ASSERT_FALSE(long_one);
  EXPECT_EQ(long_one.error().message.find("xxx"), std::string::npos);
}

TEST_F(SecretFile, with_a_bare_name_is_a_credential_of_the_service_manager) {
  EXPECT_FALSE(read_secret("hook"));
  write("hook", "0123456789abcdef", 0440);
  ::setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
  const auto secret = read_secret("hook");
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_EQ(*secret, "0123456789abcdef");
}

}  // namespace
}  // namespace cex
