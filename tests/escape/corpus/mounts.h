// SPDX-License-Identifier: Apache-2.0

// Reading the mount table's options and targets.
#pragma once
#include <string.h>

static inline int has(const char* options, const char* wanted) {
  size_t length = strlen(wanted);
  for (const char* at = options; (at = strstr(at, wanted)) != NULL; at += length) {
    int starts = at == options || at[-1] == ',';
    if (starts && (at[length] == ',' || at[length] == '\0')) return 1;
  }
  return 0;
}

static inline int is_one_of(const char* target, const char* const* names) {
  for (; *names != NULL; ++names) {
    if (strcmp(target, *names) == 0) return 1;
  }
  return 0;
}
