// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/seccomp.hpp"

#include <linux/sched.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

#include <seccomp.h>

#include "core/sandbox/syscall_table.hpp"

namespace cex::sandbox {
namespace {

using Values = std::vector<std::uint64_t>;

constexpr std::uint64_t k32Bits = 0xffffffffU;

// Reads as a list; remembers nothing but the policy.
class Builder {
 public:
  explicit Builder(std::uint32_t otherwise) { policy_.otherwise = otherwise; }

  void allow(const char* name, std::vector<ArgumentTest> when = {}) {
    rule(SECCOMP_RET_ALLOW, name, std::move(when));
  }
  void refuse(int error, const char* name, std::vector<ArgumentTest> when = {}) {
    rule(SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error), name, std::move(when));
  }
  [[nodiscard]] CallPolicy take() { return std::move(policy_); }

 private:
  void rule(std::uint32_t action, const char* name, std::vector<ArgumentTest> when) {
    const int number = seccomp_syscall_resolve_name(name);
    // Negative: this architecture, or this libseccomp, does not know the call; the default answers.
    if (number >= 0) policy_.calls[number].push_back({action, std::move(when)});
  }

  CallPolicy policy_;
};

// Tests that refuse look only at the 32 bits that the kernel uses: a comparison of all 64 is walked
// around by setting a high bit.
ArgumentTest is32(unsigned index, Values values) {
  return {index, k32Bits, std::move(values)};
}
ArgumentTest has_none(unsigned index, std::uint64_t bits) {
  return {index, bits, {0}};
}
ArgumentTest exactly(unsigned index, Values values) {
  return {index, ~std::uint64_t{0}, std::move(values)};
}

void process_rules(Builder& filter) {
  constexpr std::uint64_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                        CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |
                                        CLONE_NEWTIME;
  // CLONE_NEWTIME shares its bit with the exit signal's byte (0x80) and only means something to
  // unshare and clone3, so it is not tested here.
  constexpr std::uint64_t kTested = kNamespaces & ~std::uint64_t{CLONE_NEWTIME};
  filter.allow("clone", {has_none(0, kTested)});
  filter.refuse(EPERM, "clone");
  filter.allow("prlimit64", {exactly(0, {0})});
  filter.allow("personality", {exactly(0, {0, 0xffffffffU})});
  // A process may restrict itself further, but not become another's supervisor.
  filter.allow("seccomp",
               {exactly(0, {SECCOMP_SET_MODE_FILTER}), exactly(1, {0, SECCOMP_FILTER_FLAG_TSYNC})});
  filter.allow("seccomp", {exactly(0, {SECCOMP_GET_ACTION_AVAIL}), exactly(1, {0})});
}

void prctl_rules(Builder& filter) {
  filter.allow("prctl", {exactly(0, {PR_SET_PDEATHSIG,
                                     PR_GET_PDEATHSIG,
                                     PR_GET_DUMPABLE,
                                     PR_SET_DUMPABLE,
                                     PR_GET_KEEPCAPS,
                                     PR_GET_TIMING,
                                     PR_SET_NAME,
                                     PR_GET_NAME,
                                     PR_GET_SECCOMP,
                                     PR_SET_SECCOMP,
                                     PR_CAPBSET_READ,
                                     PR_GET_SECUREBITS,
                                     PR_SET_TIMERSLACK,
                                     PR_GET_TIMERSLACK,
                                     PR_SET_CHILD_SUBREAPER,
                                     PR_GET_CHILD_SUBREAPER,
                                     PR_SET_NO_NEW_PRIVS,
                                     PR_GET_NO_NEW_PRIVS,
                                     PR_GET_TID_ADDRESS,
                                     PR_SET_THP_DISABLE,
                                     PR_GET_THP_DISABLE,
                                     PR_CAP_AMBIENT,
                                     PR_GET_SPECULATION_CTRL,
                                     PR_SET_VMA})});
  filter.allow("prctl", {exactly(0, {PR_SET_PTRACER}), exactly(1, {0})});
  filter.refuse(EPERM, "prctl",
                {is32(0, {PR_SET_MM, PR_SET_SECUREBITS, PR_CAPBSET_DROP, PR_SET_KEEPCAPS})});
}

// Pages of hugetlbfs come out of a pool of the host's that is not part of a group's memory limit.
void memory_rules(Builder& filter) {
  struct Maker {
    const char* call;
    unsigned argument;
    std::uint64_t huge;
    int error;  // what callers take for "there are none", and do without
  };
  for (const Maker& maker :
       {Maker{"mmap", 3, MAP_HUGETLB, ENOMEM}, Maker{"memfd_create", 1, MFD_HUGETLB, EINVAL},
        Maker{"shmget", 2, SHM_HUGETLB, EPERM}}) {
    filter.allow(maker.call, {has_none(maker.argument, maker.huge)});
    filter.refuse(maker.error, maker.call);
  }
}

void device_rules(Builder& filter) {
  // Any ioctl but those that push input to terminals or take them over: the only terminal that may
  // be in a box is its own, so this is the second line.
  filter.refuse(EPERM, "ioctl",
                {is32(1, {0x5412 /*TIOCSTI*/, 0x541C /*TIOCLINUX*/, 0x5423 /*TIOCSETD*/,
                          0x541D /*TIOCCONS*/, 0x540E /*TIOCSCTTY*/})});
  filter.allow(
      "ioctl",
      {exactly(1, {0x5401 /*TCGETS*/, 0x5402 /*TCSETS*/, 0x5403 /*TCSETSW*/, 0x5404 /*TCSETSF*/,
                   0x5409 /*TCSBRK*/, 0x540A /*TCXONC*/, 0x540B /*TCFLSH*/, 0x802C542A /*TCGETS2*/,
                   0x402C542B /*TCSETS2*/, 0x402C542C /*TCSETSW2*/, 0x402C542D /*TCSETSF2*/,
                   0x540F /*TIOCGPGRP*/, 0x5410 /*TIOCSPGRP*/, 0x5411 /*TIOCOUTQ*/,
                   0x5413 /*TIOCGWINSZ*/, 0x5414 /*TIOCSWINSZ*/, 0x541B /*FIONREAD*/,
                   0x5421 /*FIONBIO*/, 0x5450 /*FIONCLEX*/, 0x5451 /*FIOCLEX*/, 0x5452 /*FIOASYNC*/,
                   0x5429 /*TIOCGSID*/, 0x8004667E /*FIONBIO bsd*/,
                   // Interface lists (getifaddrs and friends) on sockets: SIOCGIF*.
                   0x8910, 0x8912, 0x8913, 0x8915, 0x8917, 0x8919, 0x891B, 0x891D, 0x8921, 0x8927,
                   0x8933, 0x8942})});
  struct Maker {
    const char* call;
    unsigned mode;
  };
  for (const Maker& maker : {Maker{"mknod", 1}, Maker{"mknodat", 2}}) {
    filter.allow(maker.call, {{maker.mode, S_IFMT, {0, S_IFREG, S_IFIFO, S_IFSOCK}}});
    filter.refuse(EPERM, maker.call, {{maker.mode, S_IFMT, {S_IFCHR, S_IFBLK}}});
  }
}

void socket_rules(Builder& filter) {
  constexpr std::uint64_t kType = 0xfU;    // without SOCK_CLOEXEC and SOCK_NONBLOCK
  constexpr std::uint64_t kFamilies = 46;  // AF_MAX; what comes later is unknown, hence ENOSYS
  const Values internet{AF_INET, AF_INET6};
  Values others;
  for (std::uint64_t family = 0; family < kFamilies; ++family) {
    const bool known = family == AF_UNIX || family == AF_INET || family == AF_INET6;
    if (!known && family != AF_NETLINK) others.push_back(family);
  }
  for (const char* call : {"socket", "socketpair"}) {
    filter.allow(call, {exactly(0, {AF_UNIX})});
    filter.allow(call, {exactly(0, internet),
                        {1, kType, {SOCK_STREAM, SOCK_DGRAM}},
                        exactly(2, {0, IPPROTO_TCP, IPPROTO_UDP})});
    filter.refuse(EAFNOSUPPORT, call,
                  {is32(0, internet),
                   {1, kType, {SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET, SOCK_DCCP, SOCK_PACKET}}});
    // Interface lists of glibc, Go and Java come through rtnetlink.
    filter.allow(call, {exactly(0, {AF_NETLINK}), exactly(2, {0})});
    filter.refuse(EAFNOSUPPORT, call, {is32(0, others)});
  }
  constexpr std::uint64_t kFlowLabelManager = 32;  // IPV6_FLOWLABEL_MGR, of the kernel's headers
  // Flow labels outlive the socket that took them, and no counter tells of them: the next job in
  // the same network namespace would meet them.
  filter.refuse(EPERM, "setsockopt", {is32(1, {IPPROTO_IPV6}), is32(2, {kFlowLabelManager})});
  filter.allow("setsockopt");
}

}  // namespace

CallPolicy run_policy() {
  Builder filter{SECCOMP_RET_ERRNO | ENOSYS};
  for (const char* name : kAllowed) filter.allow(name);
  for (const char* name : kRefused) filter.refuse(EPERM, name);
  // kUnknown needs no rule: the default is its answer. They are listed for the tests and the
  // reader.
  memory_rules(filter);
  process_rules(filter);
  prctl_rules(filter);
  device_rules(filter);
  socket_rules(filter);
  return filter.take();
}

CallPolicy compile_policy() {
  Builder filter{SECCOMP_RET_ALLOW};
  for (const char* call : {"socket", "socketpair"}) {
    filter.refuse(EAFNOSUPPORT, call, {is32(0, {AF_INET, AF_INET6, AF_NETLINK})});
  }
  return filter.take();
}

Result<Filters> build_filters() {
  CEX_TRY(std::string run, encode(run_policy()));
  CEX_TRY(std::string compile, encode(compile_policy()));
  return Filters{std::move(run), std::move(compile)};
}

}  // namespace cex::sandbox
