// SPDX-License-Identifier: Apache-2.0
// requires: PR-4 PR-6
// about: kills, stops and disturbs everything that it may address: its init, all, its group
// args: {pid}
#include "attack.h"

int main(int argc, char** argv) {
  const int numbers[] = {SIGKILL, SIGSTOP, SIGTERM, SIGHUP, SIGSEGV, SIGUSR1, SIGCHLD};
  pid_t host = argc > 1 ? atoi(argv[1]) : 1 << 20;
  for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); ++i) {
    kill(1, numbers[i]);
    kill(-1, numbers[i] == SIGKILL || numbers[i] == SIGSTOP ? numbers[i] : 0);
    refused("kill of the server", kill(host, numbers[i]), ESRCH);
    refused("kill of its group", kill(-host, numbers[i]), ESRCH);
  }
  pause_ms(50);
  return verdict();
}
