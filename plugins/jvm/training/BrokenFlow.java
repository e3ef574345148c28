// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

/** Mistakes that javac looks for only when all types are right. */
public class BrokenFlow {
  private final int unset;

  static int missingReturn(int n) {
    if (n > 0) return 1;
  }

  static int unreachable() {
    return 1;
    System.out.println();
  }

  public static void main(String[] args) {
    int used;
    System.out.println(used);
    int captured = 0;
    captured++;
    Runnable run = () -> System.out.println(captured);
    Thread.sleep(10);
    try {
      System.out.println();
    } catch (java.io.IOException e) {
      throw e;
    }
  }
}
