// SPDX-License-Identifier: Apache-2.0
// about: segments, semaphores, queues, POSIX shared memory, semaphores and queues, of the box alone
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

int main(void) {
  char* at = shmat(shmget(7, 4096, IPC_CREAT | 0600), NULL, 0);
  if (at == (char*)-1) return 1;
  strcpy(at, "segment");
  int set = semget(7, 1, IPC_CREAT | 0600);
  struct sembuf up = {0, 1, 0};
  if (semop(set, &up, 1) != 0 || semctl(set, 0, GETVAL) != 1) return 2;
  struct {
    long type;
    char text[8];
  } message = {1, "hello"};
  int queue = msgget(7, IPC_CREAT | 0600);
  if (msgsnd(queue, &message, 8, 0) != 0 || msgrcv(queue, &message, 8, 1, 0) != 8) return 3;
  int memory = shm_open("/shared", O_CREAT | O_RDWR, 0600);
  if (memory < 0 || ftruncate(memory, 4096) != 0) return 4;
  sem_t* semaphore = sem_open("/semaphore", O_CREAT, 0600, 1);
  if (semaphore == SEM_FAILED || sem_wait(semaphore) != 0) return 5;
  struct mq_attr shape = {.mq_maxmsg = 4, .mq_msgsize = 64};
  mqd_t posix = mq_open("/queue", O_CREAT | O_RDWR, 0600, &shape);
  if (posix == (mqd_t)-1 || mq_send(posix, "x", 1, 0) != 0) return 6;
  puts("works");
}
