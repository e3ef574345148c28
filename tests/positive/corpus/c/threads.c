// SPDX-License-Identifier: Apache-2.0
// about: sixteen threads count under a mutex, with a condition variable and thread-local storage
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t g_changed = PTHREAD_COND_INITIALIZER;
static _Thread_local int t_own;
static long g_sum;
static int g_done;

static void* count(void* unused) {
  for (int i = 0; i < 10000; ++i) {
    ++t_own;
    pthread_mutex_lock(&g_mutex);
    ++g_sum;
    pthread_mutex_unlock(&g_mutex);
  }
  pthread_mutex_lock(&g_mutex);
  g_done += t_own == 10000;
  pthread_cond_signal(&g_changed);
  pthread_mutex_unlock(&g_mutex);
  return unused;
}

int main(void) {
  pthread_t threads[16];
  for (int i = 0; i < 16; ++i) {
    if (pthread_create(&threads[i], NULL, count, NULL) != 0) return 1;
  }
  pthread_mutex_lock(&g_mutex);
  while (g_done < 16) pthread_cond_wait(&g_changed, &g_mutex);
  pthread_mutex_unlock(&g_mutex);
  for (int i = 0; i < 16; ++i) pthread_join(threads[i], NULL);
  puts(g_sum == 160000 ? "works" : "lost a count");
}
