// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

import scala.io.{Source, StdIn}

/** Text: interpolation, regular expressions, formats, numbers, input. */
object Words {
  private val Assignment = """(\w+)\s*=\s*(\d+)""".r

  def run(): Unit = {
    val text =
      """first line
        |  second "line"
        |""".stripMargin
    println(text.split("\n").map(_.trim).filter(_.nonEmpty).toList)
    println("%d %5.2f %s %x|%-5s|%05d".format(1, 2.345, "three", 255, "ab", 42) + f"${1.5}%6.3f ${2}%03d")
    println("a,b;c".split(Array(',', ';')).mkString("-") + "abc".reverse + "ab" * 2 + "x".padTo(3, '.').mkString)
    "answer = 42" match {
      case Assignment(name, value) => println(name + value.toInt)
      case other => println(other)
    }
    println("""[a-z]+(\d+)""".r.findAllMatchIn("ab12 cd34").map(_.group(1).toInt).sum)
    println("\\d".r.replaceAllIn("a1b2", "#") + "hello".replace('l', 'L').substring(1, 3) + "Hi".toLowerCase)
    println("12".toInt + "3.5".toDouble + "9".toLong + Integer.parseInt("ff", 16) + '7'.asDigit)
    val builder = new StringBuilder
    for ((letter, index) <- "scala".zipWithIndex) if ("aeiou".contains(letter)) builder.append(index) else builder += letter
    println(builder.toString.capitalize + builder.length)
    println("Scala".startsWith("Sc") && "a" < "b" && "abc".indexOf("c") == 2 && "A".equalsIgnoreCase("a") && "x".isEmpty)
    println(raw"a\nb ${1 + 1} ${"nested".length}" + 0xff + 1e3 + 2.5f + 10L + (7 >> 1) + (5 / 2.0).round)
    println((BigInt(2).pow(70) % 97).toString + BigDecimal("1.10") / 3 + Int.MaxValue + Double.NaN.isNaN)
    println("to be or not to be".split(" ").groupBy(w => w).map(e => e._1 -> e._2.length).toList.sorted)
    Console.err.println("to the other stream")
    val first = StdIn.readLine()
    println(first)
    val numbers = Source.fromInputStream(System.in, "UTF-8").getLines().flatMap(_.split(" ")).map(_.toInt).toList
    println(numbers.sum)
    print("no end of line\n")
  }
}
