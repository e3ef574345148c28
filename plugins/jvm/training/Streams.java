// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Lambdas, references to methods, streams and their collectors. */
public class Streams {
  static class Person {
    final String name;
    final String city;
    final int age;

    Person(String name, String city, int age) {
      this.name = name;
      this.city = city;
      this.age = age;
    }

    String getName() {
      return name;
    }

    int getAge() {
      return age;
    }

    String getCity() {
      return city;
    }

    @Override
    public String toString() {
      return name + ":" + age;
    }
  }

  @FunctionalInterface
  interface Three<A, B, C, R> {
    R apply(A a, B b, C c);
  }

  static <T, R> List<R> each(List<T> from, Function<? super T, ? extends R> change) {
    List<R> to = new ArrayList<>();
    from.forEach(item -> to.add(change.apply(item)));
    return to;
  }

  static <A, B, C> Function<A, C> both(Function<A, B> first, Function<B, C> second) {
    return value -> second.apply(first.apply(value));
  }

  static boolean even(int n) {
    return n % 2 == 0;
  }

  public static void main(String[] args) {
    List<Person> people = Arrays.asList(new Person("Ann", "Oslo", 31), new Person("Bob", "Rome", 25),
        new Person("Cid", "Oslo", 47), new Person("Dee", "Bern", 25));
    people.sort(Comparator.comparing(Person::getAge).thenComparing(Person::getName).reversed());
    System.out.println(people);
    people.sort((a, b) -> a.name.compareTo(b.name));
    System.out.println(people.stream().filter(p -> p.age > 26).map(Person::getName)
        .sorted(Comparator.reverseOrder()).collect(Collectors.toList()));
    Map<String, List<Person>> cities = people.stream().collect(Collectors.groupingBy(Person::getCity));
    new TreeMap<>(cities).forEach((city, those) -> System.out.println(city + " " + those));
    Map<String, Long> sizes =
        people.stream().collect(Collectors.groupingBy(p -> p.city, TreeMap::new, Collectors.counting()));
    System.out.println(sizes);
    System.out.println(people.stream().collect(Collectors.partitioningBy(p -> p.age < 30)).size());
    System.out.println(people.stream().mapToInt(Person::getAge).summaryStatistics());
    System.out.println(people.stream().collect(Collectors.averagingInt(Person::getAge)));
    System.out.println(people.stream().collect(Collectors.toMap(p -> p.name, p -> p.age)).get("Ann"));
    System.out.println(people.stream().map(p -> p.city).distinct().collect(Collectors.joining(", ", "[", "]")));
    System.out.println(people.stream().max(Comparator.comparingInt(p -> p.age)).map(p -> p.name).orElse("-"));
    System.out.println(people.stream().map(Person::getCity).collect(Collectors.toSet()).size());

    System.out.println(IntStream.rangeClosed(1, 5).map(n -> n * n).sum());
    System.out.println(IntStream.range(0, 20).filter(Streams::even).boxed().collect(Collectors.toList()));
    System.out.println(Stream.iterate(1, n -> n * 2).limit(8).reduce(0, Integer::sum));
    System.out.println(LongStream.rangeClosed(1, 10).reduce(1L, (a, b) -> a * b));
    System.out.println(DoubleStream.of(1.5, 2.5).average().getAsDouble());
    System.out.println(Stream.of("b", "a").flatMap(s -> Stream.of(s, s + s)).sorted().skip(1).count());
    System.out.println(Arrays.stream(new int[] {3, 1, 2}).boxed().anyMatch(n -> n > 2));
    System.out.println(Arrays.stream("x yy zzz".split(" ")).map(String::length).peek(n -> {}).allMatch(n -> n > 0));
    System.out.println("hello".chars().mapToObj(c -> (char) c).map(String::valueOf).collect(Collectors.joining("|")));
    System.out.println(Stream.of(1, 2, 3, 4).parallel().mapToInt(Integer::intValue).max().getAsInt());
    System.out.println(Arrays.toString(Stream.of("q", "r").toArray(String[]::new)));
    List<String> same = Stream.generate(() -> "z").limit(2).collect(Collectors.toCollection(ArrayList::new));
    System.out.println(same);

    Supplier<Map<String, Integer>> maker = HashMap::new;
    Map<String, Integer> counts = maker.get();
    for (String word : "to be or not to be".split(" ")) counts.merge(word, 1, Integer::sum);
    counts.entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue().reversed()
        .thenComparing(Map.Entry.comparingByKey())).forEach(e -> System.out.println(e.getKey() + "=" + e.getValue()));
    counts.computeIfAbsent("new", k -> k.length());
    counts.computeIfPresent("to", (k, v) -> v + 1);
    counts.replaceAll((k, v) -> v * 2);
    Function<Integer, Function<Integer, Integer>> adder = a -> b -> a + b;
    BiFunction<Integer, Integer, Integer> times = (a, b) -> a * b;
    BinaryOperator<Integer> larger = BinaryOperator.maxBy(Comparator.naturalOrder());
    UnaryOperator<String> shout = String::toUpperCase;
    Predicate<String> blank = String::isEmpty;
    IntPredicate odd = n -> n % 2 != 0;
    Consumer<Object> show = System.out::println;
    Three<Integer, Long, Double, String> three = (a, b, c) -> a + "/" + b + "/" + c;
    Runnable run = () -> show.accept(three.apply(1, 2L, 3.0));
    run.run();
    show.andThen(show).accept(adder.apply(2).apply(3) + times.andThen(n -> n - 1).apply(4, 5));
    show.accept(both(shout, String::length).apply("four") + larger.apply(1, 2));
    show.accept(blank.negate().or(s -> s == null).test("") + " " + odd.test(3));
    show.accept(each(List.of(1, 2), n -> "n" + n));
    Optional<String> maybe = Optional.of("value").filter(s -> s.length() > 9);
    maybe.ifPresent(show);
    show.accept(maybe.map(String::length).orElseGet(() -> -1) + Optional.ofNullable((String) null).orElse("none"));
  }
}
