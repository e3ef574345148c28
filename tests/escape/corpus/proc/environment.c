// SPDX-License-Identifier: Apache-2.0
// requires: ID-3 PS-2
// about: prints every environment it can find; the host's secret is in the server's
// stdout: any
#include "attack.h"

extern char** environ;
int main(void) {
  for (char** at = environ; *at != NULL; ++at) puts(*at);
  const char* text = read_file("/proc/self/environ");
  for (int i = 0; i < 4000; ++i) putchar(text[i] == '\0' ? '\n' : text[i]);
  const char* forbidden[] = {"LD_PRELOAD",     "LD_LIBRARY_PATH", "LD_AUDIT",
                             "GLIBC_TUNABLES", "SUDO_USER",       "SSH_CONNECTION"};
  for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); ++i) {
    if (getenv(forbidden[i]) != NULL) through("%s is set", forbidden[i]);
  }
  return 0;
}
