// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/** Classes of every kind, generics, enums, arrays, control flow, strings. */
public class Shapes {
  static final double UNIT = 1.5;
  private static int made;

  interface Shape extends Comparable<Shape> {
    double area();

    default String label() {
      return getClass().getSimpleName() + String.format("(%.2f)", area());
    }

    static Shape square(double side) {
      return new Rectangle(side, side);
    }

    @Override
    default int compareTo(Shape other) {
      return Double.compare(area(), other.area());
    }
  }

  abstract static class Base implements Shape, Cloneable {
    protected final int id;
    static {
      made = 100;
    }

    {
      made++;
    }

    Base() {
      this.id = made;
    }

    @Override
    public String toString() {
      return "#" + id + " " + label();
    }
  }

  static class Rectangle extends Base {
    private final double width;
    private final double height;

    Rectangle(double width, double height) {
      super();
      this.width = width;
      this.height = height;
    }

    @Override
    public double area() {
      return width * height;
    }

    @Override
    public boolean equals(Object other) {
      if (this == other) return true;
      if (!(other instanceof Rectangle)) return false;
      Rectangle that = (Rectangle) other;
      return width == that.width && height == that.height;
    }

    @Override
    public int hashCode() {
      return Objects.hash(width, height);
    }
  }

  static final class Circle extends Base {
    final double radius;

    Circle(double radius) {
      this.radius = radius;
    }

    @Override
    public double area() {
      return Math.PI * radius * radius;
    }
  }

  enum Operation {
    ADD("+") {
      @Override
      long apply(long a, long b) {
        return a + b;
      }
    },
    SHIFT("<<") {
      @Override
      long apply(long a, long b) {
        return a << b ^ a >>> 1 | b & ~a;
      }
    };

    private final String sign;

    Operation(String sign) {
      this.sign = sign;
    }

    abstract long apply(long a, long b);
  }

  static class Ring<T extends Comparable<? super T>> implements Iterable<T> {
    private class Link {
      T value;
      Link next;

      Link(T value) {
        this.value = value;
      }
    }

    private Link last;
    private int size;

    @SafeVarargs
    final Ring<T> add(T... values) {
      for (T value : values) {
        Link link = new Link(value);
        link.next = last == null ? link : last.next;
        if (last != null) last.next = link;
        last = link;
        size++;
      }
      return this;
    }

    T largest() {
      T best = null;
      for (T value : this) {
        if (best == null || value.compareTo(best) > 0) best = value;
      }
      return best;
    }

    @Override
    public Iterator<T> iterator() {
      return new Iterator<T>() {
        private Link at = last;
        private int left = size;

        @Override
        public boolean hasNext() {
          return left > 0;
        }

        @Override
        public T next() {
          at = at.next;
          left--;
          return at.value;
        }
      };
    }
  }

  static <K, V extends Number> double total(List<? extends V> values, K key) {
    double sum = key == null ? 0 : 1e-3f;
    for (V value : values) sum += value.doubleValue();
    return sum;
  }

  static int[][] multiply(int[][] a, int[][] b) {
    int[][] product = new int[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; ++k) product[i][j] += a[i][k] * b[k][j];
      }
    }
    return product;
  }

  static String kind(String word) {
    switch (word) {
      case "one":
      case "two":
        return "number";
      case "":
        break;
      default:
        return "word";
    }
    return null;
  }

  static long collatz(long n) {
    long steps = 0;
    do {
      n = n % 2 == 0 ? n / 2 : 3 * n + 1;
      steps++;
    } while (n != 1);
    return steps;
  }

  static boolean prime(int n) {
    outer:
    while (true) {
      for (int i = 2; (long) i * i <= n; i++) {
        if (n % i == 0) break outer;
        if (i > 1000) continue outer;
      }
      return n > 1;
    }
    return false;
  }

  public static void main(String[] args) {
    List<Shape> shapes = new ArrayList<>();
    shapes.add(new Circle(UNIT));
    shapes.add(Shape.square(2));
    shapes.add(new Rectangle(1, 2.5) {
      @Override
      public String label() {
        return "special " + super.label();
      }
    });
    java.util.Collections.sort(shapes);
    for (Shape shape : shapes) System.out.println(shape + " " + shape.hashCode() % 2);
    class Counter {
      int count = args.length;

      int next() {
        return ++count;
      }
    }
    Counter counter = new Counter();
    System.out.println(counter.next() + counter.count++ + " " + kind("one") + kind("x") + kind(""));
    for (Operation operation : Operation.values()) {
      System.out.println(operation + operation.sign + operation.apply(12L, 3L) + operation.ordinal());
    }
    switch (Operation.valueOf("ADD")) {
      case ADD:
        System.out.print('A');
        break;
      case SHIFT:
        System.out.print('S');
    }
    System.out.println(new Ring<Integer>().add(3, 1, 4, 1, 5).largest());
    System.out.println(total(Arrays.asList(1, 2, 3), "key") + " " + total(List.of(0.5f), null));
    System.out.println(Arrays.deepToString(multiply(new int[][] {{1, 2}, {3, 4}}, new int[2][2])));
    System.out.println(collatz(27) + " " + prime(97) + prime(91) + (char) ('a' + 1) + (byte) 300);
    StringBuilder text = new StringBuilder("level").append(1).append('c').append(2.5).append(true);
    text.insert(0, "x").reverse().setLength(5);
    String word = text.toString().toUpperCase().trim().replace('L', 'l').concat("!");
    System.out.println(word.substring(1, 3) + word.indexOf("l") + word.charAt(0) + word.length());
    System.out.println(String.join("-", "a b c".split(" ")) + " ".repeat(2) + "x".compareTo("y"));
    System.out.println(word.contains("l") + " " + word.chars().sum() + word.equalsIgnoreCase("?"));
    assert word.isEmpty() : "not empty";
    char[] letters = "hello".toCharArray();
    Arrays.sort(letters);
    System.out.println(new String(letters) + String.valueOf(letters, 1, 2) + Integer.toBinaryString(10));
    System.out.println(Integer.MAX_VALUE + 1 + " " + Long.parseLong("42") + Double.parseDouble("1e3"));
    System.out.println(Integer.parseInt("-7") + Integer.valueOf(5).hashCode() + Boolean.toString(true));
    System.out.println(Math.max(1, 2) + Math.sqrt(2) + Math.pow(2, 10) + Math.floorMod(-1, 5));
    System.out.println(Character.isLetter('x') + " " + Long.toHexString(255) + Integer.compare(1, 2));
  }
}
