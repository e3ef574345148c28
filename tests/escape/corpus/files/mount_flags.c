// SPDX-License-Identifier: Apache-2.0
// requires: FS-4
// about: reads the flags of every mount: nosuid everywhere, nodev but for the devices, noexec where nothing is to be run
#include "attack.h"

static int has(const char* options, const char* wanted) {
  size_t length = strlen(wanted);
  for (const char* at = options; (at = strstr(at, wanted)) != NULL; at += length) {
    int starts = at == options || at[-1] == ',';
    if (starts && (at[length] == ',' || at[length] == '\0')) return 1;
  }
  return 0;
}

static int is_one_of(const char* target, const char* const* names) {
  for (; *names != NULL; ++names) {
    if (strcmp(target, *names) == 0) return 1;
  }
  return 0;
}

int main(void) {
  const char* no_exec[] = {"/tmp", "/dev/shm", "/proc", NULL};
  const char* devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", NULL};
  FILE* file = fopen("/proc/self/mountinfo", "r");
  char line[4096], target[1024], options[1024];
  int seen = 0;
  while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
    if (sscanf(line, "%*s %*s %*s %*s %1023s %1023s", target, options) != 2) continue;
    ++seen;
    if (!has(options, "nosuid")) through("%s lacks nosuid: %s", target, options);
    if (!has(options, "nodev") && !is_one_of(target, devices)) through("%s lacks nodev: %s", target, options);
    if (is_one_of(target, no_exec) && !has(options, "noexec")) through("%s lacks noexec: %s", target, options);
  }
  must("there are mounts", seen > 5);
  return verdict();
}
