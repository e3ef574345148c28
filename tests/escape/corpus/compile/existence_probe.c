// SPDX-License-Identifier: Apache-2.0
// requires: CC-1
// about: asks the preprocessor which files the host has
// status: ok
// stdout: any
#if __has_include("/etc/shadow") || __has_include("/root/.profile") || \
                                                  __has_include("/etc/machine-id")
#error through: the host can be probed
#endif
int main(void) {
  return 0;
}
