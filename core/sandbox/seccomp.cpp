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
#include <unistd.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>
#include <vector>

#include <seccomp.h>

#include "core/base/unique_fd.hpp"
#include "core/sandbox/syscall_table.hpp"

namespace cex::sandbox {
namespace {

constexpr scmp_datum_t k32Bits = 0xffffffffU;

// Collects rules and remembers the first failure, so that the policy below reads as a list.
class Builder {
 public:
  explicit Builder(std::uint32_t otherwise) : context_{seccomp_init(otherwise), seccomp_release} {}

  void rule(std::uint32_t action, const char* name, std::initializer_list<scmp_arg_cmp> when = {}) {
    const int number = seccomp_syscall_resolve_name(name);
    // Negative: this architecture, or this libseccomp, does not know the call; the default answers.
    if (number < 0 || !context_) return;
    const int result = seccomp_rule_add_array(context_.get(), action, number,
                                              static_cast<unsigned>(when.size()), when.begin());
    if (result != 0 && failure_.empty()) {
      failure_ = std::string{"seccomp rule for "} + name + ": errno " + std::to_string(-result);
    }
  }
  void allow(const char* name, std::initializer_list<scmp_arg_cmp> when = {}) {
    rule(SCMP_ACT_ALLOW, name, when);
  }
  void refuse(int error, const char* name, std::initializer_list<scmp_arg_cmp> when = {}) {
    rule(SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), name, when);
  }

  [[nodiscard]] Result<std::string> finish() {
    if (!context_) return fail(Errc::unsupported, "libseccomp cannot make a filter");
    if (!failure_.empty()) return fail(Errc::unsupported, failure_);
    // A foreign architecture's calls have other numbers: whoever makes one is up to something.
    if (seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0) {
      return fail(Errc::unsupported, "libseccomp cannot set the action for foreign architectures");
    }
    // A binary tree: the kernel emulates the filter for every call number at each install.
    if (seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0) {
      return fail(Errc::unsupported, "libseccomp cannot optimise the filter");
    }
    const UniqueFd file{::memfd_create("seccomp", MFD_CLOEXEC)};
    if (!file) return fail_errno("memfd_create(seccomp)");
    if (const int result = seccomp_export_bpf(context_.get(), file.get()); result != 0) {
      return fail_errno("seccomp_export_bpf", -result);
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return fail_errno("fstat(seccomp)");
    std::string bpf(static_cast<std::size_t>(status.st_size), '\0');
    if (::pread(file.get(), bpf.data(), bpf.size(), 0) != static_cast<ssize_t>(bpf.size())) {
      return fail_errno("read(seccomp)");
    }
    return bpf;
  }

 private:
  std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
  std::string failure_;
};

// Deny rules look only at the 32 bits that the kernel uses: a comparison of all 64 is walked around
// by setting a high bit.
scmp_arg_cmp is32(unsigned index, std::uint64_t value) {
  return SCMP_CMP64(index, SCMP_CMP_MASKED_EQ, k32Bits, value);
}
scmp_arg_cmp has_bit(unsigned index, std::uint64_t bit) {
  return SCMP_CMP64(index, SCMP_CMP_MASKED_EQ, bit, bit);
}
scmp_arg_cmp exactly(unsigned index, std::uint64_t value) {
  return SCMP_CMP64(index, SCMP_CMP_EQ, value, 0);
}

void process_rules(Builder& filter) {
  constexpr std::uint64_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                        CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |
                                        CLONE_NEWTIME;
  // CLONE_NEWTIME shares its bit with the exit signal's byte (0x80) and only means something to
  // unshare and clone3, so it is not tested here.
  constexpr std::uint64_t kTested = kNamespaces & ~std::uint64_t{CLONE_NEWTIME};
  filter.allow("clone", {SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, kTested, 0)});
  for (std::uint64_t bit = 1; bit <= kTested; bit <<= 1U) {
    if ((kTested & bit) != 0) filter.refuse(EPERM, "clone", {has_bit(0, bit)});
  }
  filter.allow("prlimit64", {exactly(0, 0)});
  filter.allow("personality", {exactly(0, 0)});
  filter.allow("personality", {exactly(0, 0xffffffffU)});
  // A process may restrict itself further, but not become another's supervisor.
  filter.allow("seccomp", {exactly(0, SECCOMP_SET_MODE_FILTER), exactly(1, 0)});
  filter.allow("seccomp",
               {exactly(0, SECCOMP_SET_MODE_FILTER), exactly(1, SECCOMP_FILTER_FLAG_TSYNC)});
  filter.allow("seccomp", {exactly(0, SECCOMP_GET_ACTION_AVAIL), exactly(1, 0)});
}

void prctl_rules(Builder& filter) {
  constexpr std::array kHarmless{PR_SET_PDEATHSIG,
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
                                 PR_SET_VMA};
  for (const int option : kHarmless) {
    filter.allow("prctl", {exactly(0, static_cast<std::uint64_t>(option))});
  }
  filter.allow("prctl", {exactly(0, PR_SET_PTRACER), exactly(1, 0)});
  for (const int option : {PR_SET_MM, PR_SET_SECUREBITS, PR_CAPBSET_DROP, PR_SET_KEEPCAPS}) {
    filter.refuse(EPERM, "prctl", {is32(0, static_cast<std::uint64_t>(option))});
  }
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
    filter.allow(maker.call, {SCMP_CMP64(maker.argument, SCMP_CMP_MASKED_EQ, maker.huge, 0)});
    filter.refuse(maker.error, maker.call, {has_bit(maker.argument, maker.huge)});
  }
}

void device_rules(Builder& filter) {
  // Any ioctl but those that push input to terminals or take them over: no terminal is in the box,
  // so this is the second line.
  constexpr std::array<std::uint64_t, 5> kDenied{0x5412 /*TIOCSTI*/, 0x541C /*TIOCLINUX*/,
                                                 0x5423 /*TIOCSETD*/, 0x541D /*TIOCCONS*/,
                                                 0x540E /*TIOCSCTTY*/};
  for (const std::uint64_t request : kDenied) filter.refuse(EPERM, "ioctl", {is32(1, request)});
  constexpr std::array<std::uint64_t, 16> kAllowedRequests{
      0x5401 /*TCGETS*/,     0x5402 /*TCSETS*/,    0x5403 /*TCSETSW*/,  0x5404 /*TCSETSF*/,
      0x540F /*TIOCGPGRP*/,  0x5410 /*TIOCSPGRP*/, 0x5411 /*TIOCOUTQ*/, 0x5413 /*TIOCGWINSZ*/,
      0x5414 /*TIOCSWINSZ*/, 0x541B /*FIONREAD*/,  0x5421 /*FIONBIO*/,  0x5450 /*FIONCLEX*/,
      0x5451 /*FIOCLEX*/,    0x5452 /*FIOASYNC*/,  0x5429 /*TIOCGSID*/, 0x8004667E /*FIONBIO bsd*/};
  for (const std::uint64_t request : kAllowedRequests) {
    filter.allow("ioctl", {exactly(1, request)});
  }
  // Interface lists (getifaddrs and friends) on sockets: SIOCGIF*.
  for (const std::uint64_t request : {0x8910U, 0x8912U, 0x8913U, 0x8915U, 0x8917U, 0x8919U, 0x891BU,
                                      0x891DU, 0x8921U, 0x8927U, 0x8933U, 0x8942U}) {
    filter.allow("ioctl", {exactly(1, request)});
  }
  for (const std::uint64_t type :
       {0U, 0100000U /*regular*/, 0010000U /*FIFO*/, 0140000U /*socket*/}) {
    filter.allow("mknod", {SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, 0170000U, type)});
    filter.allow("mknodat", {SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, 0170000U, type)});
  }
  for (const std::uint64_t type : {0020000U /*character*/, 0060000U /*block*/}) {
    filter.refuse(EPERM, "mknod", {SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, 0170000U, type)});
    filter.refuse(EPERM, "mknodat", {SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, 0170000U, type)});
  }
}

void socket_rules(Builder& filter) {
  constexpr std::uint64_t kTypeMask = 0xfU;  // without SOCK_CLOEXEC and SOCK_NONBLOCK
  constexpr std::uint64_t kFamilies = 46;    // AF_MAX; what comes later is unknown, hence ENOSYS
  for (const char* call : {"socket", "socketpair"}) {
    filter.allow(call, {exactly(0, AF_UNIX)});
    for (const std::uint64_t family : {AF_INET, AF_INET6}) {
      for (const std::uint64_t type : std::array<std::uint64_t, 2>{SOCK_STREAM, SOCK_DGRAM}) {
        for (const std::uint64_t protocol :
             std::array<std::uint64_t, 3>{0, IPPROTO_TCP, IPPROTO_UDP}) {
          filter.allow(call,
                       {exactly(0, family), SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, kTypeMask, type),
                        exactly(2, protocol)});
        }
      }
      for (const std::uint64_t type : std::array<std::uint64_t, 5>{
               SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET, SOCK_DCCP, SOCK_PACKET}) {
        filter.refuse(EAFNOSUPPORT, call,
                      {is32(0, family), SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, kTypeMask, type)});
      }
    }
    // Interface lists of glibc, Go and Java come through rtnetlink.
    filter.allow(call, {exactly(0, AF_NETLINK), exactly(2, 0)});
    for (std::uint64_t family = 0; family < kFamilies; ++family) {
      if (family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK) {
        continue;
      }
      filter.refuse(EAFNOSUPPORT, call, {is32(0, family)});
    }
  }
}

Result<std::string> run_filter() {
  Builder filter{SCMP_ACT_ERRNO(ENOSYS)};
  for (const char* name : kAllowed) filter.allow(name);
  for (const char* name : kRefused) filter.refuse(EPERM, name);
  // kUnknown needs no rule: the default is its answer. They are listed for the tests and the
  // reader.
  memory_rules(filter);
  process_rules(filter);
  prctl_rules(filter);
  device_rules(filter);
  socket_rules(filter);
  return filter.finish();
}

Result<std::string> compile_filter() {
  Builder filter{SCMP_ACT_ALLOW};
  for (const char* call : {"socket", "socketpair"}) {
    for (const std::uint64_t family : {AF_INET, AF_INET6, AF_NETLINK}) {
      filter.refuse(EAFNOSUPPORT, call, {is32(0, family)});
    }
  }
  return filter.finish();
}

}  // namespace

Result<Filters> build_filters() {
  CEX_TRY(std::string run, run_filter());
  CEX_TRY(std::string compile, compile_filter());
  return Filters{std::move(run), std::move(compile)};
}

}  // namespace cex::sandbox
