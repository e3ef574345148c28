// SPDX-License-Identifier: Apache-2.0
// requires: FS-3
// about: changes, adds, removes and renames files of the toolchains
#include "attack.h"

#include <sys/xattr.h>

int main(void) {
  refused2("open for writing", open("/usr/bin/python3", O_WRONLY), EROFS, EACCES);
  refused2("truncate", truncate("/usr/bin/env", 0), EROFS, EACCES);
  refused("create", open("/usr/bin/cex-mark", O_WRONLY | O_CREAT, 0755), EROFS);
  refused("mkdir", mkdir("/usr/lib/cex-mark", 0755), EROFS);
  refused("unlink", unlink("/usr/bin/env"), EROFS);
  refused("rename", rename("/usr/bin/env", "/usr/bin/cex-env"), EROFS);
  refused("chmod", chmod("/usr/bin/env", 0777), EROFS);
  refused("chown", chown("/usr/bin/env", getuid(), getgid()), EROFS);
  refused("utime", utimensat(AT_FDCWD, "/usr/bin/env", NULL, 0), EROFS);
  refused("setxattr", setxattr("/usr/bin/env", "user.x", "1", 1, 0), EROFS);
  refused("symlink", symlink("/box", "/usr/bin/cex-mark"), EROFS);
  refused("through /bin", open("/bin/cex-mark", O_WRONLY | O_CREAT, 0755), EROFS);
  refused("into the root folder", open("/cex-mark", O_WRONLY | O_CREAT, 0755), EROFS);
  return verdict();
}
