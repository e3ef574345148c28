// SPDX-License-Identifier: Apache-2.0
// about: files of all kinds in the three writable places: temporary, locked, mapped, renamed, linked, listed
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int try_in(const char* folder) {
  char path[128], other[140];
  snprintf(path, sizeof(path), "%s/file-XXXXXX", folder);
  int fd = mkstemp(path);
  if (fd < 0 || ftruncate(fd, 8192) != 0 || flock(fd, LOCK_EX) != 0) return 1;
  char* at = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) return 2;
  strcpy(at, "mapped");
  if (msync(at, 8192, MS_SYNC) != 0 || fsync(fd) != 0) return 3;
  snprintf(other, sizeof(other), "%s.moved", path);
  if (rename(path, other) != 0 || link(other, path) != 0 || unlink(other) != 0 ||
      symlink(path, other) != 0)
    return 4;
  FILE* file = fopen(other, "r");
  char text[16] = {0};
  if (file == NULL || fread(text, 1, 6, file) != 6 || strcmp(text, "mapped") != 0) return 5;
  struct stat status;
  if (stat(path, &status) != 0 || status.st_uid != getuid() || chmod(path, 0600) != 0) return 6;
  int count = 0;
  DIR* stream = opendir(folder);
  for (struct dirent* entry; (entry = readdir(stream)) != NULL;)
    count += strncmp(entry->d_name, "file-", 5) == 0;
  return count == 2 ? 0 : 7;
}

int main(void) {
  const char* folders[] = {"/box", "/tmp", "/dev/shm", "."};
  for (int i = 0; i < 3; ++i) {
    int failed = try_in(folders[i]);
    if (failed != 0) {
      printf("%s: step %d\n", folders[i], failed);
      return 1;
    }
  }
  FILE* anonymous = tmpfile();
  if (anonymous == NULL || fputs("x", anonymous) < 0) return 2;
  puts("works");
}
