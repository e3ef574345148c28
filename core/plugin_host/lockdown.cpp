// SPDX-License-Identifier: Apache-2.0
#include "core/plugin_host/lockdown.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "core/base/unique_fd.hpp"

namespace cex::plugin_host {
namespace {

using Code = std::vector<sock_filter>;

constexpr std::uint32_t kX32 = 0x40000000;

constexpr long kAnswering[] = {SYS_read,           SYS_write,
                               SYS_futex,          SYS_mmap,
                               SYS_munmap,         SYS_mremap,
                               SYS_mprotect,       SYS_brk,
                               SYS_madvise,        SYS_exit,
                               SYS_exit_group,     SYS_rt_sigreturn,
                               SYS_rt_sigprocmask, SYS_set_robust_list,
                               SYS_rseq,           SYS_sched_yield,
                               SYS_gettid,         SYS_getpid,
                               SYS_clock_gettime,  SYS_gettimeofday,
                               SYS_getrandom};

// What the loader and the constructors of run-time libraries do besides.
constexpr long kLoading[] = {
    SYS_close,      SYS_fstat,       SYS_newfstatat,   SYS_statx,           SYS_pread64,
    SYS_lseek,      SYS_access,      SYS_faccessat,    SYS_faccessat2,      SYS_readlink,
    SYS_readlinkat, SYS_getcwd,      SYS_getdents64,   SYS_uname,           SYS_sysinfo,
    SYS_arch_prctl, SYS_sigaltstack, SYS_rt_sigaction, SYS_set_tid_address, SYS_sched_getaffinity,
    SYS_getuid,     SYS_geteuid,     SYS_getgid,       SYS_getegid,         SYS_seccomp};

// Files can be opened, but not to be written or made.
constexpr std::uint32_t kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_TMPFILE;

std::string failed(const char* what) {
  return std::string{what} + ": " + std::strerror(errno);
}

void load(Code& code, std::size_t offset) {
  code.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
}

void answer(Code& code, std::uint32_t verdict) {
  code.push_back(BPF_STMT(BPF_RET | BPF_K, verdict));
}

// Numbers mean something else to a foreign architecture.
Code begin() {
  Code code;
  load(code, offsetof(seccomp_data, arch));
  code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0));
  answer(code, SECCOMP_RET_KILL_PROCESS);
  load(code, offsetof(seccomp_data, nr));
  code.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kX32, 0, 1));
  answer(code, SECCOMP_RET_KILL_PROCESS);
  return code;
}

void allow(Code& code, std::span<const long> calls) {
  for (const long call : calls) {
    code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
    answer(code, SECCOMP_RET_ALLOW);
  }
}

void allow_reading(Code& code, long call, std::size_t flags_argument) {
  code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 4));
  load(code, offsetof(seccomp_data, args) + flags_argument * sizeof(std::uint64_t));
  // O_TMPFILE holds O_DIRECTORY, which reading may use.
  code.push_back(
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kWriting & ~std::uint32_t{O_DIRECTORY}, 0, 1));
  answer(code, SECCOMP_RET_ERRNO | EACCES);
  answer(code, SECCOMP_RET_ALLOW);
}

std::string install(const Code& code) {
  const sock_fprog program{static_cast<unsigned short>(code.size()),
                           const_cast<sock_filter*>(code.data())};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) return failed("seccomp");
  return {};
}

std::string bound_resources() {
  struct Bound {
    __rlimit_resource what;
    rlim_t most;
  };
  constexpr Bound kBounds[] = {{RLIMIT_AS, rlim_t{2} << 30U},
                               {RLIMIT_NOFILE, 32},
                               {RLIMIT_FSIZE, 0},
                               {RLIMIT_CORE, 1},
                               {RLIMIT_MEMLOCK, 0},
                               {RLIMIT_STACK, rlim_t{8} << 20U}};
  for (const Bound& bound : kBounds) {
    const rlimit limit{bound.most, bound.most};
    if (::setrlimit(bound.what, &limit) != 0) return failed("setrlimit");
  }
  return {};
}

// All that any version of Landlock knows of files, cut to what this kernel's knows.
std::uint64_t rights_of(long version) {
  constexpr std::uint64_t kFirst = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;
  constexpr std::uint64_t kRefer = std::uint64_t{1} << 13U;
  constexpr std::uint64_t kTruncate = std::uint64_t{1} << 14U;
  constexpr std::uint64_t kDeviceControl = std::uint64_t{1} << 15U;
  return kFirst | (version >= 2 ? kRefer : 0) | (version >= 3 ? kTruncate : 0) |
         (version >= 5 ? kDeviceControl : 0);
}

// The call takes no path but a descriptor, so a folder that is not there is simply not allowed.
void let_read(int rules, const char* path, std::uint64_t rights) {
  const UniqueFd folder{::open(path, O_PATH | O_CLOEXEC)};
  if (!folder) return;
  const landlock_path_beneath_attr beneath{rights, folder.get()};
  ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

std::string hide_files() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) {
    return "this kernel has no Landlock, which keeps a plugin from reading files; switch it on "
           "(lsm=landlock,...), or give the plugin to root if you trust it";
  }
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = rights_of(version);
  const UniqueFd rules{static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled.handled_access_fs), 0))};
  if (!rules) return failed("landlock_create_ruleset");
  constexpr std::uint64_t kFile = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
  for (const char* folder : {"/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64"}) {
    let_read(rules.get(), folder, kFile | LANDLOCK_ACCESS_FS_READ_DIR);
  }
  let_read(rules.get(), "/etc/ld.so.cache", LANDLOCK_ACCESS_FS_READ_FILE);
  if (::syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) {
    return failed("landlock_restrict_self");
  }
  return {};
}

}  // namespace

std::string confine_loading() {
  if (auto trouble = bound_resources(); !trouble.empty()) return trouble;
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return failed("PR_SET_DUMPABLE");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("PR_SET_NO_NEW_PRIVS");
  if (auto trouble = hide_files(); !trouble.empty()) return trouble;
  Code code = begin();
  allow(code, kAnswering);
  allow(code, kLoading);
  allow_reading(code, SYS_open, 1);
  allow_reading(code, SYS_openat, 2);
  answer(code, SECCOMP_RET_ERRNO | EPERM);
  return install(code);
}

std::string confine_answering() {
  Code code = begin();
  allow(code, kAnswering);
  answer(code, SECCOMP_RET_KILL_PROCESS);
  return install(code);
}

std::string fasten(int leash) {
  if (::fcntl(leash, F_SETOWN, ::getpid()) != 0) return failed("F_SETOWN");
  if (::fcntl(leash, F_SETSIG, SIGKILL) != 0) return failed("F_SETSIG");
  const int flags = ::fcntl(leash, F_GETFL);
  if (flags < 0 || ::fcntl(leash, F_SETFL, flags | O_ASYNC) != 0) return failed("O_ASYNC");
  return {};
}

}  // namespace cex::plugin_host
