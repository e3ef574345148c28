// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

import java.util.ArrayDeque
import java.util.PriorityQueue
import java.util.Scanner
import java.util.TreeMap
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.random.Random

/** Lists, maps, sequences, and the functions on them. */
data class Person(val name: String, val age: Int, val city: String? = null)

fun containers() {
    val people = listOf(Person("Ada", 36, "London"), Person("Alan", 41), Person("Grace", 85, "New York"))
    println(people.filter { it.age > 40 }.map(Person::name).sorted())
    println(people.groupBy { it.city ?: "nowhere" }.mapValues { (_, those) -> those.size })
    println(people.sortedWith(compareBy<Person> { it.name.length }.thenByDescending { it.age }).first())
    println("${people.associate { it.name to it.age }} ${people.associateBy { it.age }.keys}")
    println(people.partition { it.city != null }.first.size)
    println(people.fold(0) { sum, person -> sum + person.age } + people.map { it.age }.reduce(Int::plus))
    println(people.any { it.age > 80 } && people.all { it.name.isNotEmpty() } || people.none { it.age < 0 })
    println(people.zip(1..3).joinToString("; ") { (person, n) -> "$n ${person.name}" })
    println(people.flatMap { it.name.toList() }.distinct().count { it.isUpperCase() })
    println(people.mapIndexedNotNull { i, p -> p.city?.let { "$i$it" } }.lastOrNull())
    println(people.mapNotNull { it.city }.toSet() intersect setOf("London") union hashSetOf("Rome"))

    val numbers = mutableListOf(5, 3, 8)
    numbers += 9
    numbers.add(1, 4)
    numbers.removeAt(0)
    numbers.sortDescending()
    numbers.retainAll { it != 8 }
    numbers[0] = numbers.last() + numbers.size
    println(numbers.reversed().take(2) + numbers.drop(1) + numbers.indexOf(3) + numbers.average().toInt())
    println(numbers.chunked(2) + numbers.windowed(2).map { it.sum() } + listOf(numbers.subList(0, 1)))
    println(IntArray(5) { it * it }.sum() + intArrayOf(4, 2).sortedArray()[0] + Array(2) { "x" }.size)
    val grid = Array(3) { row -> IntArray(3) { column -> row * column } }
    println(grid.joinToString("\n") { it.joinToString(" ") } + grid.contentDeepToString())

    val map = mutableMapOf("one" to 1)
    map["two"] = 2
    map.getOrPut("three") { 3 }
    map.merge("one", 10, Int::plus)
    for ((key, value) in map.toSortedMap()) print("$key=$value ")
    println(map.filterValues { it > 2 }.keys + map.entries.sortedBy { -it.value }.map { it.key } + map.getOrDefault("x", 0))
    println(TreeMap(map).headMap("three") + linkedMapOf(1 to 2).mapKeys { it.key + 1 } + emptyMap<Int, Int>())
    val counts = "mississippi".groupingBy { it }.eachCount()
    println(counts.toList().sortedWith(compareByDescending<Pair<Char, Int>> { it.second }.thenBy { it.first }))

    println(generateSequence(1) { it * 2 }.takeWhile { it < 100 }.filterNot { it == 4 }.toList())
    val primes = sequence {
        var n = 2
        while (true) {
            if ((2 until n).none { n % it == 0 }) yield(n)
            n++
        }
    }
    println(primes.drop(1).map { it + 1 }.take(5).joinToString())
    println((1..3).flatMap { a -> (a..3).map { b -> a to b } }.filter { (a, b) -> (a + b) % 2 == 0 })
    println((1..20 step 4).sum() + ('a'..'e').count() + (1L..3L).last + (10 downTo 7).first())

    val queue = PriorityQueue<Pair<Int, String>>(compareBy { it.first })
    queue.add(3 to "c")
    queue.add(1 to "a")
    while (queue.isNotEmpty()) print(queue.poll().second)
    val stack = ArrayDeque<Int>()
    stack.push(1)
    stack.addLast(2)
    println(stack.pop() + stack.size)
    println(Random(42).nextInt(10) + listOf(1, 2, 3).shuffled(Random(1)).size)
    println(Scanner("12 13").nextInt())
    val shared = AtomicInteger()
    val workers = List(2) { thread { repeat(10) { shared.incrementAndGet() } } }
    workers.forEach { it.join() }
    synchronized(shared) { println(shared.get()) }
}
