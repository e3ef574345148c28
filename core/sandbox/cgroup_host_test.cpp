// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/cgroup_host.hpp"

#include <gtest/gtest.h>

namespace cex::sandbox {
namespace {

constexpr const char* kHybrid =
    "25 24 0:22 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro\n"
    "26 25 0:23 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
    "27 25 0:24 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "28 25 0:25 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "29 25 0:26 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n";

TEST(FindCgroups, takes_v1_controller_by_controller_on_a_hybrid_host) {
  const auto host =
      find_cgroups(kHybrid, "3:memory:/docker/abc/x\n2:cpu,cpuacct:/\n1:pids:/p\n0::/\n", "");
  EXPECT_EQ(host.kind, wire::CgroupKind::v1);
  EXPECT_EQ(host.hierarchies[wire::kMemory].mount_point, "/sys/fs/cgroup/memory");
  EXPECT_EQ(host.hierarchies[wire::kMemory].own_path, "/x");
  EXPECT_EQ(host.hierarchies[wire::kPids].own_path, "/p");
  EXPECT_EQ(host.hierarchies[wire::kCpu].mount_point, host.hierarchies[wire::kCpuacct].mount_point);
}

TEST(FindCgroups, prefers_v2_where_it_has_the_controllers) {
  const auto host = find_cgroups(kHybrid, "0::/user.slice/a\n", "cpuset cpu io memory pids\n");
  EXPECT_EQ(host.kind, wire::CgroupKind::v2);
  EXPECT_EQ(host.hierarchies[0].mount_point, "/sys/fs/cgroup/unified");
  EXPECT_EQ(host.hierarchies[0].own_path, "/user.slice/a");
}

TEST(FindCgroups, names_what_is_missing) {
  const auto host =
      find_cgroups("29 25 0:26 / /cg/pids rw - cgroup cgroup rw,pids\n", "1:pids:/\n", "");
  EXPECT_EQ(host.kind, wire::CgroupKind::none);
  EXPECT_EQ(host.missing, (std::vector<std::string>{"memory", "cpu", "cpuacct"}));
}

}  // namespace
}  // namespace cex::sandbox
