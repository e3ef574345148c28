// SPDX-License-Identifier: Apache-2.0
// requires: sec-5
// about: calls that have been the way into the kernel
#include "attack.h"

int main(void) {
  const struct call calls[] = {
      {"io_uring_setup", SYS_io_uring_setup},
      {"io_uring_enter", SYS_io_uring_enter},
      {"io_uring_register", SYS_io_uring_register},
      {"bpf", SYS_bpf},
      {"perf_event_open", SYS_perf_event_open},
      {"userfaultfd", SYS_userfaultfd},
      {"add_key", SYS_add_key},
      {"request_key", SYS_request_key},
      {"keyctl", SYS_keyctl},
      {"fanotify_init", SYS_fanotify_init},
      {"fanotify_mark", SYS_fanotify_mark},
      {"name_to_handle_at", SYS_name_to_handle_at},
      {"open_by_handle_at", SYS_open_by_handle_at},
      {"lookup_dcookie", SYS_lookup_dcookie},
      {"vmsplice", SYS_vmsplice},
      {"remap_file_pages", SYS_remap_file_pages},
      {"modify_ldt", SYS_modify_ldt},
      {"iopl", SYS_iopl},
      {"ioperm", SYS_ioperm},
  };
  calls_refused(calls, sizeof(calls) / sizeof(*calls));
  return verdict();
}
