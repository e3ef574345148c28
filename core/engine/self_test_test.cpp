// SPDX-License-Identifier: Apache-2.0
#include "core/engine/self_test.hpp"

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

constexpr const char* kGoodStatus =
    "Name:\tcat\nUid:\t60700\t60700\t60700\t60700\nNSpid:\t2\nCapInh:\t0000000000000000\n"
    "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n"
    "CapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";
constexpr const char* kGoodMounts =
    "47 46 0:40 / / ro,nosuid,nodev,relatime - tmpfs none rw\n"
    "55 47 0:6 /null /dev/null rw,nosuid,noexec,relatime - devtmpfs devtmpfs rw\n"
    "142 47 0:53 /work /box rw,nosuid,nodev,relatime - tmpfs none rw\n"
    "143 47 0:53 /tmp /tmp rw,nosuid,nodev,noexec,relatime - tmpfs none rw\n";

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST(CheckBoxReport, is_content_with_a_proper_box) {
  EXPECT_TRUE(check_box_report(kGoodStatus, kGoodMounts));
}

TEST(CheckBoxReport, notices_each_defence_that_is_missing) {
  EXPECT_FALSE(check_box_report(with(kGoodStatus, "Seccomp:\t2", "Seccomp:\t0"), kGoodMounts));
  EXPECT_FALSE(check_box_report(with(kGoodStatus, "NoNewPrivs:\t1", "NoNewPrivs:\t0"), kGoodMounts));
  EXPECT_FALSE(check_box_report(with(kGoodStatus, "NSpid:\t2", "NSpid:\t812\t2"), kGoodMounts));
  EXPECT_FALSE(check_box_report(with(kGoodStatus, "Uid:\t60700", "Uid:\t0"), kGoodMounts));
  EXPECT_FALSE(check_box_report(
      with(kGoodStatus, "CapEff:\t0000000000000000", "CapEff:\t0000000000200000"), kGoodMounts));
  EXPECT_FALSE(check_box_report(kGoodStatus, with(kGoodMounts, "/ ro,nosuid", "/ rw,nosuid")));
  EXPECT_FALSE(check_box_report(kGoodStatus, with(kGoodMounts, "/box rw,nosuid", "/box rw")));
  EXPECT_FALSE(check_box_report(kGoodStatus, with(kGoodMounts, "nodev,noexec", "nodev")));
}

}  // namespace
}  // namespace cex::engine
