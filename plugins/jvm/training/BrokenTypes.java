// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import no.such.library.Thing;

/** What people get wrong most: javac must find and word the mistakes. */
public class BrokenTypes implements Comparable<BrokenTypes> {
  private final int limit;

  interface Shape {
    double area();
  }

  static class Square implements Shape {
    private double side;

    double area() {
      return "four";
    }
  }

  int missingReturn(int n) {
    if (n > 0) return 1;
  }

  static void problems(String[] args) {
    int number = "text";
    String text = 5;
    int narrow = 3.7;
    undefined = 4;
    System.out.printn("x");
    Strin typo = null;
    List<int> primitive = new ArrayList<>();
    List<String> strings = new ArrayList<Integer>();
    Map<String, Integer> map = Map.of("a", "b");
    text.size();
    limit = 3;
    missingReturn(1);
    missingReturn();
    new Square().side.x = 1;
    boolean flag = 1;
    if (number = 3) return;
    for (String s : number) continue;
    int number = 2;
    Shape shape = new Shape();
    Object object = () -> 1;
    Runnable run = x -> x;
    strings.stream().map(s -> s.foo()).toList();
    throw new Exception("unreported");
  }

  int unreachable() {
    int unset;
    unset++;
    return 1;
    System.out.println();
  }

  void same(int a) {}

  void same(int b) {}

  public static void main(String[] args) {
    int n = args.length > 1 ? "a" : 2;
    Integer boxed = (Integer) "text";
    switch (n) {
      case 1:
      case 1:
        break;
    }
    this.limit++;
    int used;
    System.out.println(used);
  }
}
