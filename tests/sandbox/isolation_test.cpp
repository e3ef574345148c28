// SPDX-License-Identifier: Apache-2.0

// What a box denies, asked from the inside. Each line of the victim's report is one attempt.
#include "core/engine/self_test.hpp"
#include "tests/sandbox/box_fixture.hpp"

namespace cex::test {
namespace {

TEST(Isolation, the_self_test_holds) {
  Boxes& boxes = Boxes::get();
  const auto held =
      engine::run_self_test(boxes.runner(), boxes.cgroups(), boxes.isolation().own_ids);
  EXPECT_TRUE(held) << held.error().message;
}

TEST(Isolation, dangerous_calls_are_refused) {
  const auto out = run(victim({"calls"})).out.bytes;
  for (const char* name : {"unshare", "clone_newuser", "mount", "umount", "chroot", "ptrace", "bpf",
                           "keyctl", "sethostname", "mknod", "securebits"}) {
    EXPECT_EQ(value_of(out, name), "EPERM") << name;
  }
  // Rootless there is not even a root to become: EINVAL.
  EXPECT_NE(value_of(out, "setuid"), "done");
  EXPECT_NE(value_of(out, "setuid"), "missing");
  // Libraries fall back when they are told that a call does not exist; EPERM would break threads.
  for (const char* name : {"clone3", "io_uring", "not_a_call"}) {
    EXPECT_EQ(value_of(out, name), "ENOSYS") << name;
  }
}

TEST(Isolation, there_is_no_network_but_loopback_and_no_odd_socket) {
  const auto out = run(victim({"net"})).out.bytes;
  EXPECT_EQ(value_of(out, "outside"), "ENETUNREACH");
  for (const char* name : {"alg", "vsock", "packet", "raw"}) {
    EXPECT_EQ(value_of(out, name), "EAFNOSUPPORT") << name;
  }
  EXPECT_NE(value_of(out, "netlink_netfilter"), "done");
}

TEST(Isolation, a_compiler_gets_no_network_socket_at_all) {
  auto plan = victim({"sockets"});
  plan.profile = Profile::compile;
  const auto out = run(plan).out.bytes;
  EXPECT_EQ(value_of(out, "unix"), "done");
  EXPECT_EQ(value_of(out, "inet"), "EAFNOSUPPORT");
}

TEST(Isolation, only_the_three_streams_are_open) {
  EXPECT_EQ(run(victim({"fds"})).out.bytes, "fd=0\nfd=1\nfd=2\n");
}

TEST(Isolation, the_host_is_neither_visible_nor_writable) {
  const auto out = run(victim({"files"})).out.bytes;
  for (const char* path : {"/usr/cex-mark", "/etc/cex-mark", "/cex-mark"}) {
    EXPECT_EQ(value_of(out, std::string{"write "} + path), "EROFS") << path;
  }
  EXPECT_NE(value_of(out, "write /dev/cex-mark"), "done");
  EXPECT_NE(value_of(out, "write /etc/passwd"), "done");
  for (const char* path : {"/box/mark", "/tmp/mark", "/dev/shm/mark"}) {
    EXPECT_EQ(value_of(out, std::string{"write "} + path), "done") << path;
  }
  for (const char* path :
       {"/etc/shadow", "/root", "/home", "/sys", "/proc/1/environ", "/proc/kcore",
        "/proc/sys/kernel/core_pattern", "/run", "/.proc/1/status"}) {
    EXPECT_EQ(value_of(out, std::string{"read "} + path), "ENOENT") << path;
  }
}

TEST(Isolation, nothing_of_one_job_reaches_the_next) {
  // More jobs than slots, so that every slot is used again.
  for (int i = 0; i < 8; ++i) {
    auto plan = victim({});
    plan.argv = {"/usr/bin/find", "/tmp", "/dev/shm", "/box", "-type", "f"};
    EXPECT_EQ(run(plan).out.bytes, "/box/victim\n");
    EXPECT_EQ(value_of(run(victim({"files"})).out.bytes, "write /tmp/mark"), "done");
  }
}

}  // namespace
}  // namespace cex::test
