// SPDX-License-Identifier: Apache-2.0

// What the attacks share: an attempt that succeeds, or fails for another reason than it must, is
// printed; a program through which nothing got says "held".
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int g_through;

__attribute__((format(printf, 1, 2))) static inline void through(const char* format, ...) {
  va_list args;
  va_start(args, format);
  printf("through: ");
  vprintf(format, args);
  printf("\n");
  fflush(stdout);
  va_end(args);
  ++g_through;
}

// `result` of an attempt: the kernel must have said one of the errors (0: any).
static inline void refused2(const char* what, long result, int error, int other) {
  if (result >= 0)
    through("%s succeeded", what);
  else if (error != 0 && errno != error && errno != other)
    through("%s: %s", what, strerrorname_np(errno));
}
static inline void refused(const char* what, long result, int error) {
  refused2(what, result, error, error);
}

// Calls that the filter itself must answer, whatever their arguments.
struct call {
  const char* name;
  long number;
};

static inline void calls_refused(const struct call* calls, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    refused2(calls[i].name, syscall(calls[i].number, 0, 0, 0, 0, 0, 0), EPERM, ENOSYS);
  }
}

static inline void must(const char* what, int true_or_not) {
  if (!true_or_not) through("not so: %s", what);
}

static inline int verdict(void) {
  if (g_through == 0) printf("held\n");
  return 0;
}

// The file's first bytes as text; empty if it cannot be read.
static inline const char* read_file(const char* path) {
  static char text[65536];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t size = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
  text[size < 0 ? 0 : size] = '\0';
  if (fd >= 0) close(fd);
  return text;
}

// A field of /proc/self/status, without what stands before it.
static inline const char* status_field(const char* name) {
  static char line[512];
  FILE* file = fopen("/proc/self/status", "r");
  size_t length = strlen(name);
  while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
    if (strncmp(line, name, length) == 0 && line[length] == ':') {
      fclose(file);
      line[strcspn(line, "\n")] = '\0';
      return line + length + 1 + strspn(line + length + 1, " \t");
    }
  }
  if (file != NULL) fclose(file);
  return "";
}

// Allocates and writes to every page, in a way that no optimiser takes out.
static inline void eat(size_t bytes) {
  char* at = malloc(bytes);
  for (size_t i = 0; at != NULL && i < bytes; i += 4096) ((volatile char*)at)[i] = 1;
}

static inline long now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// A time in which two jobs are to meet, on a machine that may be slower than others.
static inline long slow(long ms) {
  const char* factor = getenv("CEX_TIME_FACTOR");
  long times = factor == NULL ? 1 : atol(factor) / 5;
  return times > 1 ? ms * times : ms;
}

static inline void pause_ms(long ms) {
  usleep((useconds_t)(ms * 1000));
}
