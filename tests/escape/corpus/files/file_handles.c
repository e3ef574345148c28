// SPDX-License-Identifier: Apache-2.0
// requires: FS-9
// about: opens files by handle, past every path
#include "attack.h"

int main(void) {
  struct {
    struct file_handle head;
    char bytes[128];
  } handle = {.head = {.handle_bytes = 128}};
  int mount_id = 0;
  refused("name_to_handle_at", name_to_handle_at(AT_FDCWD, "/usr", &handle.head, &mount_id, 0),
          EPERM);
  refused("open_by_handle_at", open_by_handle_at(open("/usr", O_RDONLY), &handle.head, O_RDONLY),
          EPERM);
  return verdict();
}
