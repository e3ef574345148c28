// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

/** Text: templates, regular expressions, formats, numbers. */
fun words() {
    val text = """
        |first line
        |  second "line" ${1 + 1}
        """.trimMargin()
    println(text.lines().map { it.trim() }.filter(String::isNotBlank))
    println("%d %5.2f %s %x|%-5s|%05d".format(1, 2.345, "three", 255, "ab", 42))
    println("a,b;c".split(',', ';').joinToString("-") + "abc".reversed() + "ab".repeat(2) + "x".padStart(3, '.'))
    println(Regex("([a-z]+)(\\d+)").findAll("ab12 cd34").map { it.groupValues[2].toInt() }.sum())
    println("2024-01-31".replace(Regex("-0?"), "/") + "hello world".substringAfter(' ').substring(1..2))
    println("12".toInt() + "3.5".toDouble() + ("x".toIntOrNull() ?: 0) + "ff".toInt(16) + "9".toLong())
    val builder = StringBuilder()
    for ((index, letter) in "kotlin".withIndex()) {
        if (letter in "aeiou") builder.append(index) else builder.insert(0, letter)
    }
    println(buildString { append(builder.reverse()); appendln() })
    println("Kotlin".startsWith("Ko") && "in" in "Kotlin" && "a" < "b" && !"".any() && "A".equals("a", ignoreCase = true))
    println("word word other".split(" ").toSortedSet().first() + "abc".toCharArray().sorted().last() + 'x'.toString())
    println("line".map { it.toString() + it }.zipWithNext { a, b -> a + b } + "abc".filterIndexed { i, _ -> i != 1 })
    println("${'$'}{escaped} \t\u00e9 \\ ${"nested ${"deep".length}"}" + 1_000_000 + 0b101 + 1e3 + 2.5f)
    println(java.math.BigInteger("123456789").pow(3).mod(7.toBigInteger()) + 1.toBigInteger())
    print("no end of line\n")
    System.err.println("to the other stream")
}

fun reading() {
    val first = readLine()
    val numbers = generateSequence(::readLine).map { it.trim().split(" ") }.flatten().mapNotNull { it.toIntOrNull() }
    println("$first ${numbers.sum()}")
    System.`in`.bufferedReader().use { println(it.readLines().size) }
}
