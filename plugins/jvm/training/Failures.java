// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

import java.io.FileReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Exceptions: thrown, caught, chained, printed; resources that close themselves. */
public class Failures {
  static class BankException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int code;

    BankException(String message, int code, Throwable cause) {
      super(message, cause);
      this.code = code;
    }
  }

  static class Resource implements AutoCloseable {
    private final String name;

    Resource(String name) {
      this.name = name;
    }

    void use(boolean fail) throws IOException {
      if (fail) throw new IOException(name);
    }

    @Override
    public void close() throws IOException {
      throw new IOException("closing " + name);
    }
  }

  static int depth(int n) {
    return n == 0 ? 0 : 1 + depth(n - 1);
  }

  static int endless(int n) {
    return endless(n + 1) + 1;
  }

  static void withdraw(int amount) throws BankException {
    try {
      if (amount < 0) throw new IllegalArgumentException("negative: " + amount);
      depth(amount);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new BankException("refused", 7, e);
    } finally {
      System.out.println("checked " + amount);
    }
  }

  static String reason(Runnable action) {
    try {
      action.run();
      return "none";
    } catch (RuntimeException e) {
      return e.getClass().getName() + ": " + e.getMessage();
    } catch (StackOverflowError e) {
      return "deep";
    }
  }

  public static void main(String[] args) {
    try {
      withdraw(3);
      withdraw(-1);
    } catch (BankException e) {
      System.out.println(e.getMessage() + e.code + e.getCause().getMessage());
      e.printStackTrace();
    }
    try (Resource one = new Resource("one"); Resource two = new Resource("two")) {
      one.use(false);
      two.use(true);
    } catch (IOException e) {
      e.printStackTrace();
      System.out.println(e.getSuppressed().length + " " + e.getStackTrace()[0].getMethodName());
    }
    StringWriter text = new StringWriter();
    new IllegalStateException("written", new RuntimeException()).printStackTrace(new PrintWriter(text));
    System.out.println(text.toString().length() > 10);
    int[] numbers = new int[2];
    List<Integer> list = new ArrayList<>(List.of(1, 2, 3));
    Object word = "word";
    System.out.println(reason(() -> System.out.println(numbers[2])));
    System.out.println(reason(() -> System.out.println(1 / numbers[0])));
    System.out.println(reason(() -> System.out.println(((Integer) word) + 1)));
    System.out.println(reason(() -> System.out.println(((String) (numbers[0] == 0 ? null : "x")).length())));
    System.out.println(reason(() -> Integer.parseInt("x1")));
    System.out.println(reason(() -> list.get(9)));
    System.out.println(reason(() -> "abc".substring(5)));
    System.out.println(reason(() -> List.of().add(null)));
    System.out.println(reason(() -> System.out.println(new int[numbers[0] - 1].length)));
    System.out.println(reason(() -> new ArrayList<>().iterator().next()));
    System.out.println(reason(() -> {
      for (Integer number : list) list.remove(number);
    }));
    System.out.println(reason(() -> endless(0)));
    Iterator<Integer> iterator = list.iterator();
    try {
      while (true) iterator.next();
    } catch (NoSuchElementException | ConcurrentModificationException end) {
      System.out.println("end");
    }
    try (FileReader reader = new FileReader("no such file")) {
      System.out.println(reader.read());
    } catch (IOException e) {
      System.err.println("error: " + e.getMessage());
    }
  }
}
