// SPDX-License-Identifier: Apache-2.0
#include "core/engine/self_test.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

const InsideReport kGood{
    "Name:\tcat\nUid:\t60700\t60700\t60700\t60700\nGid:\t60700\t60700\t60700\t60700\nGroups:\t \n"
    "NSpid:\t2\nCapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
    "CapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n",
    "47 46 0:40 / / ro,nosuid,nodev,relatime - tmpfs none rw\n"
    "55 47 0:6 /null /dev/null rw,nosuid,noexec,relatime - devtmpfs devtmpfs rw\n"
    "56 47 254:0 /layers/content /layers ro,nosuid,nodev,noexec,relatime - ext4 /dev/x rw\n"
    "142 47 0:53 /work /box rw,nosuid,nodev,relatime - tmpfs none rw\n"
    "143 47 0:53 /tmp /tmp rw,nosuid,nodev,noexec,relatime - tmpfs none rw\n",
    "Limit                     Soft Limit           Hard Limit           Units\n"
    "Max core file size        1                    1                    bytes\n"
    "Max nice priority         0                    0                    \n"
    "Max realtime priority     0                    0                    \n",
    "Inter-|   Receive\n face |bytes\n    lo:       0       0\n", "4:memory:/\n0::/\n"};

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

bool holds(std::string InsideReport::*part, const std::string& from, const std::string& to) {
  InsideReport report = kGood;
  report.*part = with(report.*part, from, to);
  return check_inside(report).has_value();
}

TEST(CheckInside, is_content_with_a_proper_box) {
  const auto held = check_inside(kGood);
  EXPECT_TRUE(held) << held.error().message;
}

TEST(CheckInside, notices_each_defence_that_is_missing) {
  EXPECT_FALSE(holds(&InsideReport::status, "Seccomp:\t2", "Seccomp:\t0"));
  EXPECT_FALSE(holds(&InsideReport::status, "NoNewPrivs:\t1", "NoNewPrivs:\t0"));
  EXPECT_FALSE(holds(&InsideReport::status, "NSpid:\t2", "NSpid:\t812\t2"));
  EXPECT_FALSE(holds(&InsideReport::status, "Uid:\t60700", "Uid:\t0"));
  EXPECT_FALSE(holds(&InsideReport::status, "Gid:\t60700", "Gid:\t0"));
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    const std::string name = std::string{set} + ":\t";
    EXPECT_FALSE(
        holds(&InsideReport::status, name + "0000000000000000", name + "0000000000200000"));
  }
  EXPECT_FALSE(holds(&InsideReport::mounts, "/ ro,nosuid", "/ rw,nosuid"));
  EXPECT_FALSE(holds(&InsideReport::mounts, "/box rw,nosuid", "/box rw"));
  EXPECT_FALSE(holds(&InsideReport::mounts, "/tmp rw,nosuid,nodev,noexec", "/tmp rw,nosuid,nodev"));
  EXPECT_FALSE(
      holds(&InsideReport::mounts, "/layers ro,nosuid,nodev,noexec", "/layers ro,nosuid,nodev"));
  EXPECT_FALSE(holds(&InsideReport::limits, "size        1   ", "size        0   "));
  EXPECT_FALSE(
      holds(&InsideReport::limits, "  1                    bytes", "  unlimited            bytes"));
  EXPECT_FALSE(
      holds(&InsideReport::limits, "Max realtime priority     0", "Max realtime priority     9"));
  EXPECT_FALSE(holds(&InsideReport::limits, "Max nice priority", "Max something"));
  EXPECT_FALSE(holds(&InsideReport::devices, "    lo:", "  eth0:"));
  EXPECT_FALSE(holds(&InsideReport::devices, "    lo:       0       0\n", ""));
  EXPECT_FALSE(holds(&InsideReport::cgroups, "memory:/", "memory:/code-executor/x/s0"));
}

constexpr std::uint32_t kProcesses = 8;
constexpr std::uint32_t kServer = 990;

sandbox::BoxView good_v2() {
  return {{{"memory.max", "69206016"},
           {"memory.swap.max", "0"},
           {"memory.zswap.max", "0"},
           {"memory.oom.group", "1"},
           {"pids.max", "9"}},
          with(kGood.status, "NSpid:\t2", "NSpid:\t4711\t2")};
}

sandbox::BoxView good_v1() {
  return {{{"memory.limit_in_bytes", "69206016"},
           {"memory.memsw.limit_in_bytes", "69206016"},
           {"pids.max", "10"}},
          good_v2().status};
}

bool holds_outside(const sandbox::BoxView& view, bool own_ids = true) {
  return check_outside(view, kProcesses, own_ids, kServer).has_value();
}

TEST(CheckOutside, is_content_with_a_proper_box) {
  EXPECT_TRUE(holds_outside(good_v2()));
  EXPECT_TRUE(holds_outside(good_v1()));
  auto hidden = good_v2();
  hidden.status.clear();
  EXPECT_TRUE(holds_outside(hidden));
}

TEST(CheckOutside, notices_each_limit_that_is_missing) {
  for (const auto& [file, value] : {std::pair{"memory.swap.max", "max"},
                                    {"memory.zswap.max", "max"},
                                    {"memory.oom.group", "0"},
                                    {"pids.max", "max"},
                                    {"hugetlb.2MB.max", "max"}}) {
    auto view = good_v2();
    view.limits[file] = value;
    EXPECT_FALSE(holds_outside(view)) << file;
  }
  auto view = good_v1();
  view.limits["memory.memsw.limit_in_bytes"] = "9223372036854771712";
  EXPECT_FALSE(holds_outside(view));
  view = good_v1();
  view.limits["pids.max"] = "max";
  EXPECT_FALSE(holds_outside(view));
}

TEST(CheckOutside, notices_a_job_that_is_the_server_or_has_its_groups) {
  auto view = good_v2();
  view.status = with(view.status, "Uid:\t60700\t60700\t60700\t60700", "Uid:\t990\t990\t990\t990");
  EXPECT_FALSE(holds_outside(view));
  EXPECT_TRUE(holds_outside(view, false));
  view = good_v2();
  view.status = with(view.status, "Groups:\t ", "Groups:\t27 ");
  EXPECT_FALSE(holds_outside(view));
  view = good_v2();
  view.status = with(view.status, "CapEff:\t0000000000000000", "CapEff:\t0000000000200000");
  EXPECT_FALSE(holds_outside(view));
}

}  // namespace
}  // namespace cex::engine
