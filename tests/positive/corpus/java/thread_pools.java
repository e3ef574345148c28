// SPDX-License-Identifier: Apache-2.0
// about: pools, virtual-machine threads, locks, parallel streams, timers and a process handle
import java.util.concurrent.*;
import java.util.stream.*;

public class Main {
  public static void main(String[] args) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    Future<Integer> later = pool.submit(() -> IntStream.rangeClosed(1, 100).sum());
    long sum = LongStream.rangeClosed(1, 1_000_000).parallel().sum();
    ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    String word = timer.schedule(() -> "later", 5, TimeUnit.MILLISECONDS).get();
    Process child = new ProcessBuilder("/bin/echo", "child").start();
    String said = new String(child.getInputStream().readAllBytes()).trim();
    boolean alive = ProcessHandle.current().isAlive() && child.waitFor() == 0;
    pool.shutdown();
    timer.shutdown();
    boolean all = later.get() == 5050 && sum == 500000500000L && word.equals("later") && said.equals("child") && alive;
    System.out.println(all ? "works" : "does not");
  }
}
