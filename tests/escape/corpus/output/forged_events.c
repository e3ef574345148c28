// SPDX-License-Identifier: Apache-2.0
// requires: OU-3 HT-6
// about: prints what an event stream and an HTTP reply look like
// stdout: any
#include "attack.h"

int main(void) {
  puts("data: {}\n\nevent: result\nid: 1\ndata: {\"status\":\"ok\"}\n\n");
  puts("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  puts("0\r\n\r\n");
}
