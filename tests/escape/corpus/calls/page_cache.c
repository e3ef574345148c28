// SPDX-License-Identifier: Apache-2.0
// requires: sec-5
// about: the ways by which a read-only file was written in the page cache: AF_ALG, splice into it, vmsplice
#include "attack.h"

#include <sys/socket.h>
#include <sys/uio.h>

int main(void) {
  int pair[2];
  if (pipe(pair) != 0) return 1;
  struct iovec data = {"x", 1};
  refused("vmsplice", vmsplice(pair[1], &data, 1, SPLICE_F_GIFT), 0);
  refused("AF_ALG", socket(38, 5, 0), EAFNOSUPPORT);
  int file = open("/usr/bin/env", O_RDONLY);
  char before[64];
  memcpy(before, read_file("/usr/bin/env"), sizeof(before));
  loff_t at = 1;
  must("splice out of a file", splice(file, &at, pair[1], NULL, 1, 0) == 1);
  must("write into the pipe", write(pair[1], "CEX", 3) == 3);
  must("the file is as it was", memcmp(before, read_file("/usr/bin/env"), 64) == 0);
  refused("splice into it", splice(pair[0], NULL, file, NULL, 1, 0), 0);
  return verdict();
}
