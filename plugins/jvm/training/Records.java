// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What Java 17 has: records, sealed types, text blocks, switch expressions, patterns of instanceof. */
public class Records {
  sealed interface Expr permits Num, Add, Mul, Neg {}

  record Num(int value) implements Expr {}

  record Add(Expr left, Expr right) implements Expr {}

  record Mul(Expr left, Expr right) implements Expr {}

  record Neg(Expr inner) implements Expr {}

  record Range(int from, int to) implements Comparable<Range> {
    static int made = 0;

    Range {
      if (from > to) throw new IllegalArgumentException("%d > %d".formatted(from, to));
      made++;
    }

    Range(int to) {
      this(0, to);
    }

    int length() {
      return to - from;
    }

    @Override
    public int compareTo(Range other) {
      return Integer.compare(length(), other.length());
    }
  }

  record Pair<A, B>(A first, B second) {
    static <T> Pair<T, T> twice(T value) {
      return new Pair<>(value, value);
    }
  }

  enum Day { MON, TUE, SAT, SUN }

  static int eval(Expr expr) {
    if (expr instanceof Num num) return num.value();
    if (expr instanceof Add add) return eval(add.left()) + eval(add.right());
    if (expr instanceof Mul mul && mul.left() != null) return eval(mul.left()) * eval(mul.right());
    if (!(expr instanceof Neg neg)) throw new IllegalStateException();
    return -eval(neg.inner());
  }

  static String kind(Day day) {
    return switch (day) {
      case SAT, SUN -> "weekend";
      case MON -> {
        String text = "start";
        yield text + day.ordinal();
      }
      default -> throw new IllegalStateException("Unexpected value: " + day);
    };
  }

  static int size(String word) {
    return switch (word) {
      case "small" -> 1;
      case "large" -> 10;
      default -> word.length();
    };
  }

  public static void main(String[] args) {
    System.out.println(eval(new Add(new Num(2), new Mul(new Num(3), new Neg(new Num(4))))));
    var ranges = List.of(new Range(3), new Range(1, 2));
    for (var range : ranges) System.out.println(range + " " + range.length() + range.hashCode());
    System.out.println(ranges.stream().sorted().toList() + " " + ranges.get(0).equals(new Range(0, 3)));
    Map<Integer, List<Range>> groups = ranges.stream().collect(Collectors.groupingBy(Range::length));
    System.out.println(groups + " " + Pair.twice("x").first() + new Pair<>(1, 'c'));
    try {
      new Range(2, 1);
    } catch (IllegalArgumentException e) {
      System.out.println(e.getMessage());
    }
    System.out.println(kind(Day.MON) + kind(Day.SUN) + size("small") + size("odd"));
    String block = """
        {
          "name": "%s",\
         "quote": "\\""
        }
        """;
    System.out.print(block.formatted("text").stripIndent());
    record Local(String name, double score) {}
    System.out.println(new Local("inner", 0.5));
    interface Greeter {
      String greet(String who);
    }
    Greeter greeter = who -> "hello " + who;
    System.out.println(greeter.greet("you"));
  }
}
