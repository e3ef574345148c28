// SPDX-License-Identifier: Apache-2.0
// requires: OU-2 HT-6
// about: every byte there is, NUL, broken UTF-8, escape codes, line ends of all kinds
// stdout: any
#include "attack.h"

int main(void) {
  for (int round = 0; round < 4; ++round) {
    for (int byte = 0; byte < 256; ++byte) putchar(byte);
  }
  fputs("\xed\xa0\x80\xc0\xaf\xf8\x88\x80\x80\x80\xe2\x80\xa8\r\n\r\n\x1b]0;title\x07", stdout);
}
