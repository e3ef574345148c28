// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** What Java 21 has: patterns in switch and for records, sequenced collections, virtual threads. */
public class Patterns {
  sealed interface Shape {}

  record Point(int x, int y) {}

  record Circle(Point centre, double radius) implements Shape {}

  record Box(Point low, Point high) implements Shape {}

  enum Colour { RED, GREEN }

  static double area(Shape shape) {
    return switch (shape) {
      case Circle(Point centre, double radius) when radius < 0 -> throw new IllegalArgumentException();
      case Circle circle -> Math.PI * circle.radius() * circle.radius();
      case Box(Point(int x1, int y1), Point(var x2, var y2)) -> (double) (x2 - x1) * (y2 - y1);
    };
  }

  static String describe(Object object) {
    return switch (object) {
      case null -> "nothing";
      case Integer i when i > 100 -> "large " + i;
      case Integer i -> "small " + i;
      case String s when s.isBlank() -> "blank";
      case String s -> "text " + s.length();
      case Colour colour -> colour.name();
      case int[] numbers -> "numbers " + numbers.length;
      case List<?> list -> "list of " + list.size();
      default -> object.getClass().getSimpleName();
    };
  }

  public static void main(String[] args) throws Exception {
    System.out.println(area(new Circle(new Point(0, 0), 1)) + area(new Box(new Point(0, 0), new Point(2, 3))));
    Object[] objects = {null, 7, 700, "", "word", Colour.RED, new int[2], List.of(1), 2.5};
    for (Object object : objects) System.out.println(describe(object));
    if (objects[1] instanceof Integer i && objects[4] instanceof String s) System.out.println(s + i);
    if ((Object) new Point(1, 2) instanceof Point(int x, int y)) System.out.println(x + y);
    List<Integer> list = new ArrayList<>(List.of(1, 2, 3));
    System.out.println(list.getFirst() + list.getLast() + " " + list.reversed());
    LinkedHashMap<String, Integer> map = new LinkedHashMap<>();
    map.putLast("a", 1);
    System.out.println(map.firstEntry() + new StringBuilder().repeat("ab", 2).toString());
    Thread thread = Thread.ofVirtual().name("virtual").start(() -> System.out.println(Thread.currentThread().isVirtual()));
    thread.join();
    try (var pool = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      System.out.println(pool.submit(() -> 42).get());
    }
  }
}
