// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StreamTokenizer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.SimpleDateFormat;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Scanner;
import java.util.StringTokenizer;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Input of every kind, formatted output, big numbers, dates, files. */
public class Reading {
  static void tokens() throws IOException {
    Scanner scanner = new Scanner("3 2.5 word true 99999999999\nthe rest of it\n1,2");
    System.out.println(scanner.nextInt() + scanner.nextDouble() + scanner.next() + scanner.nextBoolean());
    System.out.println(scanner.nextLong() + scanner.nextLine() + scanner.nextLine() + scanner.hasNextInt());
    scanner.close();
    Scanner input = new Scanner(System.in);
    while (input.hasNextLine()) System.out.println(input.nextLine());
    BufferedReader stdin = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = stdin.readLine()) != null; ) System.out.println(line);
    BufferedReader reader = new BufferedReader(
        new InputStreamReader(new ByteArrayInputStream("4 5\n6\n7 x\n".getBytes())));
    StringTokenizer parts = new StringTokenizer(reader.readLine());
    int sum = 0;
    while (parts.hasMoreTokens()) sum += Integer.parseInt(parts.nextToken());
    System.out.println(sum + Integer.parseInt(reader.readLine().trim()));
    StreamTokenizer stream = new StreamTokenizer(reader);
    stream.nextToken();
    System.out.println(stream.nval + " " + reader.lines().count());
  }

  static void formats() {
    System.out.printf("%d %5d|%-5d|%05d %,d %x %o %c %b %%%n", 1, 2, 3, 4, 1234567, 255, 8, 'c', true);
    System.out.printf("%.2f %8.3f %e %g %s %10s|%-10s|%S%n", 1.5, 2.25, 12345.678, 0.5, "s", "right", "left", "up");
    System.out.println(String.format(Locale.ROOT, "%s %h %n", List.of(1), "hash"));
    System.out.println(new DecimalFormat("#,##0.00").format(1234.5) + Double.toString(0.1) + 1.0f / 3 + 1e-10);
    System.out.format("%tY-%<tm %08.2f\n", new Date(0), 3.14159);
    PrintWriter out = new PrintWriter(new BufferedWriter(new OutputStreamWriter(System.out)));
    out.println("written " + 'x' + 1L);
    out.printf("%s%n", "late");
    out.flush();
    System.err.println("to stderr");
  }

  static void numbers() {
    BigInteger factorial = BigInteger.ONE;
    for (int i = 2; i <= 30; i++) factorial = factorial.multiply(BigInteger.valueOf(i));
    System.out.println(factorial + " " + factorial.mod(BigInteger.TEN.pow(9)).bitLength());
    System.out.println(new BigInteger("2").modPow(new BigInteger("10"), new BigInteger("7")).isProbablePrime(5));
    System.out.println(new BigDecimal("1.10").add(BigDecimal.ONE).divide(new BigDecimal(3), 4, RoundingMode.HALF_UP));
    Random random = new Random(7);
    System.out.println(random.nextInt(10) + random.nextDouble() + random.nextGaussian() > 0);
    System.out.println(Math.random() < 1 && ThreadLocalRandom.current().nextInt(1, 5) > 0);
    System.out.println(UUID.randomUUID().toString().length() + Long.MAX_VALUE / 3 + Integer.bitCount(255));
    System.out.println(System.currentTimeMillis() > 0 && System.nanoTime() != 0);
  }

  static void dates() {
    LocalDate day = LocalDate.of(2024, 2, 29).plusYears(1);
    System.out.println(day + " " + day.getDayOfWeek() + day.isLeapYear() + Duration.ofMinutes(90));
    System.out.println(LocalDateTime.of(2024, 1, 2, 3, 4).format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")));
    System.out.println(new SimpleDateFormat("yyyy").format(new Date(0)) + LocalDate.parse("2020-01-01").lengthOfYear());
  }

  static void texts() {
    Matcher matcher = Pattern.compile("(\\w+)@(?<host>[a-z.]+)").matcher("mail me@example.org or you@test.net");
    while (matcher.find()) System.out.println(matcher.group(1) + " at " + matcher.group("host"));
    System.out.println("a1b22".replaceAll("[0-9]+", "#") + "x,y;z".split("[,;]").length + "abc".matches("[a-c]*"));
    System.out.println(" pad ".strip() + "line\nline".lines().count() + "caf\u00e9 \u4e16".getBytes(StandardCharsets.UTF_8).length);
    System.out.println(new StringBuilder("abc").reverse().indexOf("a") + String.valueOf((Object) null).toLowerCase());
    System.out.println("%s".equals(null) + " " + "b".hashCode() + "text".startsWith("te") + "a-b".lastIndexOf('-'));
  }

  public static void main(String[] args) throws Exception {
    tokens();
    formats();
    numbers();
    dates();
    texts();
    Path file = Files.createTempFile("training", ".txt");
    Files.write(file, List.of("one", "two"));
    System.out.println(Files.readAllLines(file) + " " + Files.size(file) + Files.readString(file).length());
    Files.delete(file);
    System.out.println(System.getProperty("java.version") + System.getenv("HOME") + Runtime.getRuntime().totalMemory());
  }
}
