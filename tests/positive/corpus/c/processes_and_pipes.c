// SPDX-License-Identifier: Apache-2.0
// about: fork, exec, pipes, popen, wait status and signals between processes
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  int pair[2], status;
  char text[64] = {0};
  if (pipe(pair) != 0) return 1;
  pid_t pid = fork();
  if (pid == 0) {
    dup2(pair[1], 1);
    execl("/bin/echo", "echo", "from a child", (char*)NULL);
    _exit(9);
  }
  close(pair[1]);
  if (read(pair[0], text, sizeof(text)) <= 0 || strcmp(text, "from a child\n") != 0) return 2;
  if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return 3;
  FILE* shell = popen("printf '%s' abc | tr a-c A-C; exit 5", "r");
  if (fgets(text, sizeof(text), shell) == NULL || strcmp(text, "ABC") != 0) return 4;
  if (WEXITSTATUS(pclose(shell)) != 5) return 5;
  pid = fork();
  if (pid == 0) {
    while (1) pause();
  }
  kill(pid, SIGTERM);
  waitpid(pid, &status, 0);
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGTERM) return 6;
  puts("works");
}
