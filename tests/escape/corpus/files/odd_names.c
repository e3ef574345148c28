// SPDX-License-Identifier: Apache-2.0
// requires: FS-7 OU-4 IN-1
// about: result files with names that would break a log, a shell or a header
// artifacts: *
#include "attack.h"

int main(void) {
  const char* names[] = {"new\nline", "car\rriage", "\x1b[2J", "-rf", "\xff\xfe",     "a\tb",
                         "..x",       "$(id)",      "`id`",    "a;b", "\xe2\x80\xa8", "%0d%0a",
                         "' OR 1=1",  "*",          "@file",   " "};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    int fd = open(names[i], O_WRONLY | O_CREAT, 0600);
    if (fd >= 0) must("write", write(fd, "x", 1) == 1);
    close(fd);
  }
  return verdict();
}
