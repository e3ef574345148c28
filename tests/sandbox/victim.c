// SPDX-License-Identifier: Apache-2.0

// The program inside the box: each word on its command line is one thing that a job might do.
// Prints what came of it; the test decides whether that is right.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void say(const char* what, long result) {
  printf("%s=%s\n", what, result >= 0 ? "done" : strerrorname_np(errno));
}

static void try_socket(const char* name, int family, int type, int protocol) {
  int fd = socket(family, type, protocol);
  say(name, fd);
  if (fd >= 0) close(fd);
}

static void loopback(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof(address);
  int server = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(server, (struct sockaddr*)&address, size) || listen(server, 1) ||
      getsockname(server, (struct sockaddr*)&address, &size)) {
    say("loopback", -1);
    return;
  }
  int client = socket(AF_INET, SOCK_STREAM, 0);
  say("loopback", connect(client, (struct sockaddr*)&address, size));
  address.sin_addr.s_addr = inet_addr("192.0.2.1");
  address.sin_port = htons(80);
  int outside = socket(AF_INET, SOCK_STREAM, 0);
  say("outside", connect(outside, (struct sockaddr*)&address, sizeof(address)));
}

static void system_calls(void) {
  say("unshare", syscall(SYS_unshare, CLONE_NEWUSER));
  say("clone_newuser", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
  say("clone3", syscall(SYS_clone3, 0, 0));
  say("mount", mount("none", "/tmp", "tmpfs", 0, ""));
  say("umount", umount2("/box", MNT_DETACH));
  say("chroot", chroot("/tmp"));
  say("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
  say("bpf", syscall(SYS_bpf, 0, 0, 0));
  say("io_uring", syscall(SYS_io_uring_setup, 1, 0));
  say("keyctl", syscall(SYS_keyctl, 0, 0));
  say("sethostname", sethostname("x", 1));
  say("mknod", mknod("/box/dev", S_IFBLK | 0600, 0));
  say("setuid", setuid(0));
  say("securebits", prctl(PR_SET_SECUREBITS, 0));
  say("not_a_call", syscall(100000));
}

static void descriptors(void) {
  DIR* folder = opendir("/proc/self/fd");
  for (struct dirent* entry; (entry = readdir(folder)) != NULL;) {
    int fd = atoi(entry->d_name);
    if (entry->d_name[0] != '.' && fd != dirfd(folder)) printf("fd=%d\n", fd);
  }
}

static void identity(void) {
  printf("uid=%d\ngid=%d\ngroups=%d\n", (int)getuid(), (int)getgid(), getgroups(0, NULL));
  printf("securebits=%d\n", prctl(PR_GET_SECUREBITS));
  printf("dumpable=%d\n", prctl(PR_GET_DUMPABLE));
  printf("session=%s\n", getsid(0) == getpid() ? "own" : "inherited");
  printf("umask=%03o\n", (unsigned)umask(0));
  char name[64] = "";
  gethostname(name, sizeof(name));
  printf("host=%s\n", name);
  say("terminal", open("/dev/tty", O_RDWR));
}

static void huge_pages(void) {
  void* at =
      mmap(NULL, 1 << 21, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
  say("mmap", at == MAP_FAILED ? -1 : 0);
  say("memfd", memfd_create("huge", MFD_HUGETLB));
  say("shm", shmget(IPC_PRIVATE, 1 << 21, IPC_CREAT | SHM_HUGETLB | 0600));
  at = mmap(NULL, 1 << 21, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  say("transparent", madvise(at, 1 << 21, MADV_HUGEPAGE));
}

static void try_write(const char* path) {
  int fd = open(path, O_WRONLY | O_CREAT, 0644);
  printf("write %s=%s\n", path, fd >= 0 ? "done" : strerrorname_np(errno));
}

static void files(void) {
  const char* forbidden[] = {"/usr/cex-mark", "/etc/cex-mark", "/cex-mark", "/dev/cex-mark",
                             "/etc/passwd"};
  for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); ++i) try_write(forbidden[i]);
  const char* allowed[] = {"/box/mark", "/tmp/mark", "/dev/shm/mark"};
  for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); ++i) try_write(allowed[i]);
  const char* secret[] = {"/etc/shadow",
                          "/root",
                          "/home",
                          "/sys",
                          "/proc/1/environ",
                          "/proc/kcore",
                          "/proc/sys/kernel/core_pattern",
                          "/run",
                          "/.proc/1/status"};
  for (size_t i = 0; i < sizeof(secret) / sizeof(*secret); ++i) {
    printf("read %s=%s\n", secret[i],
           access(secret[i], R_OK) == 0 ? "done" : strerrorname_np(errno));
  }
}

static void fill_disk(void) {
  static char block[65536];
  memset(block, 'x', sizeof(block));
  int fd = open("/tmp/fill", O_WRONLY | O_CREAT, 0600);
  long long sum = 0;
  for (ssize_t n; (n = write(fd, block, sizeof(block))) > 0;) sum += n;
  printf("wrote=%lld\n", sum);
  exit(1);
}

static void fill_inodes(void) {
  char name[64];
  int made = 0;
  for (; made < 10000000; ++made) {
    snprintf(name, sizeof(name), "/tmp/i%d", made);
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    if (fd < 0) break;
    close(fd);
  }
  printf("made=%d\n", made);
  exit(1);
}

static void eat_memory(void) {
  for (;;) memset(malloc(1 << 20), 1, 1 << 20);
}

static long cpu_ms(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// Beyond what the process has used so far: that was spent on making the box.
static void burn(long ms) {
  long end = cpu_ms(CLOCK_PROCESS_CPUTIME_ID) + ms;
  while (cpu_ms(CLOCK_PROCESS_CPUTIME_ID) < end) {
  }
}

static void burn_in_children(long ms) {
  for (int i = 0; i < 3; ++i) {
    if (fork() == 0) {
      burn(ms / 3);
      _exit(0);
    }
    wait(NULL);
  }
}

static void touch(size_t mib) {
  char* at = malloc(mib << 20);
  for (size_t i = 0; i < mib << 20; i += 4096) ((volatile char*)at)[i] = 1;
}

static void daemonise(void) {
  if (fork() == 0) {
    setsid();
    prctl(PR_SET_NAME, "cex-leftover");
    for (int signal = 1; signal < 32; ++signal) {
      if (signal != SIGCHLD) sigaction(signal, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    }
    sleep(1000);
  }
  // The child is renamed when this process leaves, so that a test that finds it finds it by name.
  usleep(20000);
}

static void fork_many(void) {
  int made = 0;
  while (made < 5000) {
    pid_t pid = fork();
    if (pid == 0) {
      pause();
      _exit(0);
    }
    if (pid < 0) break;
    ++made;
  }
  printf("made=%d\n", made);
  exit(made < 5000 ? 3 : 0);
}

static void copy_stdin(void) {
  char buffer[65536];
  for (ssize_t n; (n = read(0, buffer, sizeof(buffer))) > 0;) {
    if (write(1, buffer, (size_t)n) != n) exit(9);
  }
}

static void processes(void) {
  DIR* folder = opendir("/proc");
  for (struct dirent* entry; (entry = readdir(folder)) != NULL;) {
    if (atoi(entry->d_name) > 0) printf("process=%s\n", entry->d_name);
  }
}

// Started ahead of a job: comes to its gate after `burn_ms` of CPU time, waits, and then reads what
// to do from a file of the job's.
static char** wait_at_the_gate(long burn_ms) {
  static char line[256];
  static char* order[4] = {"victim", line, NULL, NULL};
  burn(burn_ms);
  write(4, "1", 1);
  close(4);
  while (read(3, line, 1) > 0) {
  }
  close(3);
  FILE* file = fopen("order", "r");
  if (file == NULL || fgets(line, sizeof(line), file) == NULL) exit(65);
  fclose(file);
  order[2] = strchr(line, ' ');
  if (order[2] != NULL) *order[2]++ = '\0';
  return order;
}

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc == 3 && !strcmp(argv[1], "gate")) {
    argv = wait_at_the_gate(atol(argv[2]));
    argc = argv[2] == NULL ? 2 : 3;
  }
  const char* what = argc > 1 ? argv[1] : "";
  if (!strcmp(what, "echo"))
    for (int i = 2; i < argc; ++i) puts(argv[i]);
  else if (!strcmp(what, "env"))
    for (char** at = environ; *at != NULL; ++at) puts(*at);
  else if (!strcmp(what, "cat"))
    copy_stdin();
  else if (!strcmp(what, "err"))
    fputs("to stderr\n", stderr);
  else if (!strcmp(what, "exit"))
    exit(atoi(argv[2]));
  else if (!strcmp(what, "raise")) {
    signal(atoi(argv[2]), SIG_DFL);
    raise(atoi(argv[2]));
  } else if (!strcmp(what, "spin"))
    for (;;) {
    }
  else if (!strcmp(what, "burn"))
    burn(atol(argv[2]));
  else if (!strcmp(what, "burn_in_children"))
    burn_in_children(atol(argv[2]));
  else if (!strcmp(what, "touch"))
    touch((size_t)atol(argv[2]));
  else if (!strcmp(what, "nap"))
    usleep((useconds_t)atol(argv[2]) * 1000);
  else if (!strcmp(what, "sleep"))
    sleep(1000);
  else if (!strcmp(what, "mute")) {
    close(0);
    close(1);
    close(2);
    sleep(1000);
  } else if (!strcmp(what, "flood"))
    for (;;) fputs("0123456789abcdef", stdout);
  else if (!strcmp(what, "print"))
    for (long n = atol(argv[2]); n > 0; --n) putchar('x');
  else if (!strcmp(what, "eat"))
    eat_memory();
  else if (!strcmp(what, "forkbomb"))
    for (;;) fork();
  else if (!strcmp(what, "forkmany"))
    fork_many();
  else if (!strcmp(what, "disk"))
    fill_disk();
  else if (!strcmp(what, "inodes"))
    fill_inodes();
  else if (!strcmp(what, "daemon"))
    daemonise();
  else if (!strcmp(what, "calls"))
    system_calls();
  else if (!strcmp(what, "fds"))
    descriptors();
  else if (!strcmp(what, "processes"))
    processes();
  else if (!strcmp(what, "identity"))
    identity();
  else if (!strcmp(what, "huge"))
    huge_pages();
  else if (!strcmp(what, "files"))
    files();
  else if (!strcmp(what, "net")) {
    loopback();
    try_socket("alg", AF_ALG, SOCK_SEQPACKET, 0);
    try_socket("vsock", AF_VSOCK, SOCK_STREAM, 0);
    try_socket("packet", AF_PACKET, SOCK_RAW, 0);
    try_socket("raw", AF_INET, SOCK_RAW, IPPROTO_ICMP);
    try_socket("netlink_netfilter", AF_NETLINK, SOCK_RAW, 12);
    try_socket("high_bits", (int)(AF_INET6 | 0), SOCK_DGRAM, 0);
  } else if (!strcmp(what, "sockets")) {
    try_socket("unix", AF_UNIX, SOCK_STREAM, 0);
    try_socket("inet", AF_INET, SOCK_STREAM, 0);
  } else if (!strcmp(what, "make")) {
    FILE* file = fopen("made.txt", "w");
    fputs("made in the box\n", file);
    fclose(file);
    symlink("/etc/passwd", "link.txt");
    mkdir("sub", 0755);
    file = fopen("sub/deep.txt", "w");
    fclose(file);
  } else
    return 64;
  return 0;
}
