// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

namespace cex::sandbox {

/// Calls that every box may make, whatever their arguments. Those that change ids and capabilities
/// among them: a job has nothing that it could gain by them, and its own process gives up its
/// rights under the filter that it inherits, since installing one for each process is dear. What is
/// in neither table answers ENOSYS, so that libc and runtimes fall back and new kernel calls are
/// closed by default.
inline constexpr const char* kAllowed[]{
    // files
    "access", "chdir", "chmod", "chown", "close", "close_range", "copy_file_range", "creat", "dup",
    "dup2", "dup3", "faccessat", "faccessat2", "fadvise64", "fallocate", "fchdir", "fchmod",
    "fchmodat", "fchmodat2", "fchown", "fchownat", "fcntl", "fdatasync", "fgetxattr", "flistxattr",
    "flock", "fremovexattr", "fsetxattr", "fstat", "fstatfs", "fsync", "ftruncate", "futimesat",
    "getcwd", "getdents", "getdents64", "getxattr", "lchown", "lgetxattr", "link", "linkat",
    "listxattr", "llistxattr", "lremovexattr", "lseek", "lsetxattr", "lstat", "mkdir", "mkdirat",
    "newfstatat", "open", "openat", "openat2", "pread64", "preadv", "preadv2", "pwrite64",
    "pwritev", "pwritev2", "read", "readahead", "readlink", "readlinkat", "readv", "removexattr",
    "rename", "renameat", "renameat2", "rmdir", "sendfile", "setxattr", "splice", "stat", "statfs",
    "statx", "symlink", "symlinkat", "sync", "sync_file_range", "syncfs", "tee", "truncate",
    "umask", "unlink", "unlinkat", "utime", "utimensat", "utimes", "write", "writev", "cachestat",
    // waiting and events
    "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait",
    "eventfd", "eventfd2", "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch",
    "pipe", "pipe2", "poll", "ppoll", "pselect6", "select", "signalfd", "signalfd4",
    "timerfd_create", "timerfd_gettime", "timerfd_settime",
    // memory
    "brk", "madvise", "membarrier", "mincore", "mlock", "mlock2", "mlockall", "mprotect", "mremap",
    "mseal", "msync", "munlock", "munlockall", "munmap", "map_shadow_stack", "pkey_alloc",
    "pkey_free", "pkey_mprotect", "get_mempolicy",
    // processes and threads
    "arch_prctl", "capget", "capset", "execve", "execveat", "exit", "exit_group", "fork", "futex",
    "futex_requeue", "futex_wait", "futex_waitv", "futex_wake", "get_robust_list",
    "get_thread_area", "getcpu", "getegid", "geteuid", "getgid", "getgroups", "getitimer",
    "getpgid", "getpgrp", "getpid", "getppid", "getpriority", "getresgid", "getresuid", "getrlimit",
    "getrusage", "getsid", "gettid", "getuid", "kill", "pause", "pidfd_open", "pidfd_send_signal",
    "restart_syscall", "rseq", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo",
    "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_tgsigqueueinfo",
    "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getattr",
    "sched_getparam", "sched_getscheduler", "sched_rr_get_interval", "sched_setaffinity",
    "sched_setattr", "sched_setparam", "sched_setscheduler", "sched_yield", "set_robust_list",
    "set_thread_area", "set_tid_address", "setfsgid", "setfsuid", "setgid", "setitimer", "setpgid",
    "setpriority", "setregid", "setresgid", "setresuid", "setreuid", "setrlimit", "setsid",
    "setuid", "sigaltstack", "tgkill", "time", "times", "tkill", "uname", "vfork", "wait4",
    "waitid", "ioprio_get", "sysinfo", "getrandom",
    // clocks and timers
    "alarm", "clock_getres", "clock_gettime", "clock_nanosleep", "gettimeofday", "nanosleep",
    "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime",
    // sockets, once they exist
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen",
    "recvfrom", "recvmmsg", "recvmsg", "sendmmsg", "sendmsg", "sendto", "shutdown",
    // System V and POSIX ipc, in the box's own namespace
    "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedsend", "mq_unlink",
    "msgctl", "msgget", "msgrcv", "msgsnd", "semctl", "semget", "semop", "semtimedop", "shmat",
    "shmctl", "shmdt",
    // asynchronous file access of old
    "io_cancel", "io_destroy", "io_getevents", "io_pgetevents", "io_setup", "io_submit",
    // further restriction of oneself
    "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"};

/// Calls that are known and refused with EPERM: a program that asks learns that it may not, instead
/// of being told that the kernel is old.
inline constexpr const char* kRefused[]{
    // namespaces and mounts
    "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "fsopen", "fsconfig", "fsmount",
    "fspick", "open_tree", "open_tree_attr", "move_mount", "mount_setattr", "statmount",
    "listmount", "quotactl", "quotactl_fd", "swapon", "swapoff",
    // other processes
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease",
    "kcmp", "pidfd_getfd", "migrate_pages", "move_pages", "mbind", "set_mempolicy",
    "set_mempolicy_home_node",
    // kernel surface
    "bpf", "perf_event_open", "userfaultfd", "add_key", "request_key", "keyctl", "fanotify_init",
    "fanotify_mark", "name_to_handle_at", "open_by_handle_at", "lookup_dcookie", "vmsplice",
    "remap_file_pages", "modify_ldt", "iopl", "ioperm", "kexec_load", "kexec_file_load",
    "init_module", "finit_module", "delete_module", "create_module", "get_kernel_syms",
    "query_module", "reboot", "syslog", "acct", "nfsservctl", "uselib", "ustat", "sysfs", "_sysctl",
    "vhangup", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime", "sethostname",
    "setdomainname", "lsm_set_self_attr", "setgroups", "ioprio_set"};

/// Refused as if the kernel did not know them: what asks has a fall-back for exactly that answer.
inline constexpr std::array kUnknown{"clone3", "io_uring_setup", "io_uring_enter",
                                     "io_uring_register"};

}  // namespace cex::sandbox
