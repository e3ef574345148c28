// SPDX-License-Identifier: Apache-2.0
// about: handlers, alternate stacks, interval timers, alarm, and that no signal is blocked or ignored at the start
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t g_seen;
static sigjmp_buf g_back;

static void note(int number) {
  g_seen = number;
}
static void jump(int number) {
  siglongjmp(g_back, number);
}

int main(void) {
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, NULL, &blocked);
  for (int number = 1; number < 32; ++number) {
    struct sigaction now;
    if (sigismember(&blocked, number) ||
        (sigaction(number, NULL, &now) == 0 && now.sa_handler != SIG_DFL))
      return 1;
  }
  signal(SIGUSR1, note);
  raise(SIGUSR1);
  if (g_seen != SIGUSR1) return 2;
  struct itimerval soon = {.it_value = {.tv_usec = 2000}};
  signal(SIGALRM, note);
  sigset_t alarm_only, none;
  sigemptyset(&alarm_only);
  sigemptyset(&none);
  sigaddset(&alarm_only, SIGALRM);
  sigprocmask(SIG_BLOCK, &alarm_only, NULL);
  setitimer(ITIMER_REAL, &soon, NULL);
  sigsuspend(&none);
  if (g_seen != SIGALRM) return 3;
  stack_t alternate = {.ss_sp = malloc(65536), .ss_size = 65536};
  sigaltstack(&alternate, NULL);
  struct sigaction on_fault = {.sa_handler = jump, .sa_flags = SA_ONSTACK};
  sigaction(SIGSEGV, &on_fault, NULL);
  if (sigsetjmp(g_back, 1) == 0) *(volatile int*)8 = 1;
  timer_t timer;
  struct itimerspec spec = {.it_value = {.tv_nsec = 1000000}};
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 ||
      timer_settime(timer, 0, &spec, NULL) != 0)
    return 4;
  puts("works");
}
