// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Threads, what guards them, and what becomes of an exception that nobody caught. */
public class Workers {
  private static int shared;
  private static volatile boolean stop;
  private static final Object LOCK = new Object();

  static synchronized void increment() {
    shared++;
  }

  static class Sum extends RecursiveTask<Long> {
    private static final long serialVersionUID = 1L;
    private final long from;
    private final long to;

    Sum(long from, long to) {
      this.from = from;
      this.to = to;
    }

    @Override
    protected Long compute() {
      if (to - from < 4) {
        long sum = 0;
        for (long i = from; i < to; i++) sum += i;
        return sum;
      }
      Sum left = new Sum(from, (from + to) / 2);
      left.fork();
      return new Sum((from + to) / 2, to).compute() + left.join();
    }
  }

  static class Producer extends Thread {
    private final BlockingQueue<Integer> queue;

    Producer(BlockingQueue<Integer> queue) {
      super("producer");
      this.queue = queue;
    }

    @Override
    public void run() {
      try {
        for (int i = 0; i < 3; i++) queue.put(i);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  public static void main(String[] args) throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Thread thread = new Thread(Workers::increment, "worker-" + i);
      thread.setDaemon(i == 0);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) thread.join();
    Thread failing = new Thread(() -> {
      throw new IllegalStateException("nobody catches this");
    });
    failing.start();
    failing.join(1000);
    BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(1);
    new Producer(queue).start();
    System.out.println(queue.take() + queue.take() + queue.poll(1, TimeUnit.SECONDS));
    Thread waiting = new Thread(() -> {
      synchronized (LOCK) {
        while (!stop) {
          try {
            LOCK.wait(100);
          } catch (InterruptedException e) {
            return;
          }
        }
      }
    });
    waiting.start();
    synchronized (LOCK) {
      stop = true;
      LOCK.notifyAll();
    }
    waiting.join();
    ExecutorService pool = Executors.newFixedThreadPool(2);
    List<Callable<String>> calls = List.of(() -> "a", () -> Thread.currentThread().getName());
    for (Future<String> answer : pool.invokeAll(calls)) System.out.println(answer.get());
    Future<Integer> failed = pool.submit(() -> {
      if (shared > 0) throw new Exception("in the pool");
      return 1;
    });
    try {
      failed.get();
    } catch (ExecutionException e) {
      System.out.println(e.getCause());
    }
    pool.shutdown();
    System.out.println(pool.awaitTermination(1, TimeUnit.SECONDS));
    ScheduledExecutorService later = Executors.newScheduledThreadPool(1);
    later.schedule(() -> increment(), 1, TimeUnit.MILLISECONDS).get();
    later.shutdownNow();
    System.out.println(CompletableFuture.supplyAsync(() -> 20).thenApply(n -> n + 1)
        .thenCombine(CompletableFuture.completedFuture(2), (a, b) -> a * b).exceptionally(e -> 0).join());
    System.out.println(ForkJoinPool.commonPool().invoke(new Sum(0, 100)));
    AtomicInteger counter = new AtomicInteger();
    ConcurrentHashMap<String, AtomicLong> counts = new ConcurrentHashMap<>();
    counts.computeIfAbsent("x", k -> new AtomicLong()).addAndGet(counter.incrementAndGet());
    ReentrantLock lock = new ReentrantLock(true);
    Condition ready = lock.newCondition();
    lock.lock();
    try {
      ready.await(1, TimeUnit.MILLISECONDS);
      ready.signalAll();
    } finally {
      lock.unlock();
    }
    ReentrantReadWriteLock files = new ReentrantReadWriteLock();
    files.readLock().lock();
    files.readLock().unlock();
    CountDownLatch latch = new CountDownLatch(1);
    Semaphore permits = new Semaphore(1);
    CyclicBarrier barrier = new CyclicBarrier(1, latch::countDown);
    permits.acquire();
    barrier.await();
    latch.await();
    permits.release();
    ThreadLocal<StringBuilder> local = ThreadLocal.withInitial(StringBuilder::new);
    System.out.println(local.get().append(counts).append(shared));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
    Thread.sleep(1);
  }
}
