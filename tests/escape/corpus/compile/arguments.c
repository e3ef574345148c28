// SPDX-License-Identifier: Apache-2.0
// requires: CC-3
// about: asks for compiler arguments that run programs, read or write elsewhere
// status: refused
// compile_args: -fplugin=/box/x.so -wrapper -B/box -specs=/box/x @/etc/passwd -o/usr/x -o -Wl,-rpath,/x -Wl,--dynamic-linker=/box/x -Xlinker -include/etc/shadow -include -imacros/etc/shadow -I/etc -L/etc -isystem/etc --sysroot=/etc -x /etc/shadow ../x.c -save-temps=/tmp -dumpdir=/tmp -MF/tmp/x -fprofile-use=/etc/x -Wa,-I/etc -T/box/script
#include "attack.h"

int main(void) {
  return verdict();
}
