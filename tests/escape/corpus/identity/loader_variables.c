// SPDX-License-Identifier: Apache-2.0
// requires: ID-3
// about: asks for variables that steer the loader or start code before the program
// status: refused
// env: LD_PRELOAD=/box/x.so LD_LIBRARY_PATH=/box LD_AUDIT=/box/x.so GLIBC_TUNABLES=glibc.malloc.check=3 JAVA_TOOL_OPTIONS=-javaagent:/box/x.jar JDK_JAVA_OPTIONS=-version PYTHONSTARTUP=/box/x.py BASH_ENV=/box/x NODE_OPTIONS=--require=/box/x GOFLAGS=-toolexec=/box/x GCC_EXEC_PREFIX=/box/ 1BAD=x A-B=c
#include "attack.h"

int main(void) {
  return verdict();
}
