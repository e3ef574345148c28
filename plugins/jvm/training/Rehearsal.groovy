// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

import groovy.transform.CompileStatic
import groovy.transform.Immutable
import groovy.transform.ToString

/** What small scripts do, a little of everything. */
interface Named {
    String getName()
}

trait Loud {
    String shout(String text) { text.toUpperCase() + '!' }
}

abstract class Shape implements Named, Comparable<Shape> {
    abstract double area()

    int compareTo(Shape other) { area() <=> other.area() }

    String toString() { "$name of ${String.format('%.2f', area())}" }
}

class Circle extends Shape implements Loud {
    double radius
    String name = 'circle'

    double area() { Math.PI * radius ** 2 }
}

class Box extends Shape {
    double width = 1, height = 1

    String getName() { width == height ? 'square' : 'box' }

    double area() { width * height }

    Box plus(Box other) { new Box(width: width + other.width, height: height + other.height) }

    def propertyMissing(String property) { "no $property" }

    def methodMissing(String method, arguments) { "$method of ${arguments.size()}" }
}

@Immutable
class Place {
    String city
    int size
}

@ToString(includeNames = true)
class Account {
    private BigDecimal balance = 10.0

    void setBalance(BigDecimal next) {
        if (next < 0) throw new IllegalArgumentException("negative: $next")
        balance = next
    }
}

enum Level {
    LOW(1), HIGH(9)

    final int weight

    Level(int weight) { this.weight = weight }
}

@CompileStatic
class Fast {
    static long gcd(long a, long b) { b == 0 ? a : gcd(b, a % b) }

    static int total(int[] numbers) {
        int sum = 0
        for (int n : numbers) sum += n
        return sum
    }
}

int fibonacci(int n) { n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2) }

def describe(value) {
    switch (value) {
        case null: return 'nothing'
        case 0..9: return 'digit'
        case Number: return 'number'
        case ~/a.*/: return 'begins with a'
        case String: return 'text'
        case [[], [:]]: return 'empty'
        case { it instanceof List && it.size() > 1 }: return 'list'
        default: return value.toString()
    }
}

def defaults(first, second = 2, Object... others) { "$first $second ${others.length}" }

def shapes = [new Circle(radius: 1.5), new Box(width: 2, height: 2), new Box(width: 3)]
shapes.each { println it }
println "${shapes.max()} ${shapes*.area().sum()} ${shapes[0].shout('loud')} ${shapes[1] + shapes[2]}"
println shapes[1].unknown + shapes[1].missing(1, 2) + (shapes[1] as Named).name
println shapes.sort { -it.area() }.first()
println new Place('Paris', 2).toString() + (new Place('Rome', 3) == new Place('Rome', 3)) + new Account(balance: 5)
println Level.values().collect { it.weight } + Level.valueOf('LOW').ordinal()
println Fast.gcd(84, 36) + Fast.total([1, 2, 3] as int[]) + fibonacci(10)
println([null, 5, 2.5, 'abc', 'xyz', [], [1, 2], Level.LOW].collect { describe(it) })
println defaults(1) + defaults(1, 3, 4, 5)

def people = [[name: 'Ada', age: 36, city: 'London'], [name: 'Alan', age: 41], [name: 'Grace', age: 85, city: 'New York']]
println people.findAll { it.age > 40 }*.name.sort().join(', ')
println people.groupBy { it.city ?: 'nowhere' }.collectEntries { city, those -> [city, those.size()] }
println people.sort { a, b -> a.name.size() <=> b.name.size() ?: b.age <=> a.age }.first().name
println people.inject(0) { sum, person -> sum + person.age } + people.sum { it.age } + people.collect { it.age }.max()
println people.any { it.age > 80 } && people.every { it.name } && !people.find { it.age < 0 }
println people.collectMany { it.name.toList() }.unique().count { it =~ /[A-Z]/ }
println people.withIndex().collect { person, i -> "$i${person?.city?.size()}" }
println((1..10).step(3) + (10..<7).toList() + ('a'..'e').collect { it.next() }.join() + [1, [2, [3]]].flatten())
println([3, 1, 2].sort().reverse() + [1, 2, 2].toSet() + [1, 2, 3, 4].collate(2) + [[1, 2], [3, 4]].transpose())
def (first, second) = [1, 2]
(first, second) = [second, first]
def numbers = [5, 3, 8]
numbers << 9
numbers += [1, 2]
numbers[0] = numbers[-1] + numbers.size()
numbers.removeAll { it == 3 }
println "$first $second $numbers ${numbers[1..2]} ${numbers.indexOf(8)} ${numbers.min()} ${numbers.intersect([9, 8])}"
def map = [one: 1, 'two': 2, (3): 'three']
map.four = 4
map['five'] = map.get('x', 5)
map.remove('one')
for (entry in map) print "${entry.key}=${entry.value} "
println map.findAll { key, value -> value instanceof Integer }.keySet().toString() + map.containsKey(3) + map.max { it.value.toString() }
def counts = [:].withDefault { 0 }
'mississippi'.each { counts[it]++ }
println counts.sort { -it.value }.toString() + 'to be or not'.split().countBy { it.size() } + 'abc'.collect { it * 2 }

def text = """first line
  second "line" ${1 + 1}
""".stripIndent()
println text.readLines()*.trim().findAll { it }.toString() + 'a,b'.tokenize(',') + 'abc'.reverse() + 'x'.padLeft(3, '.') + 'Hello'[1..2]
def matcher = 'ab12 cd34' =~ /([a-z]+)(\d+)/
println matcher.collect { it[2].toInteger() }.sum() + ('2024-01'.replaceAll(/\d/, '#')) + ('x' ==~ /[a-z]/) + matcher[0][1]
printf('%d %5.2f %s %x|%-5s%n', 1, 2.345, 'three', 255, 'ab')
println 7.intdiv(2) + 7 / 2 + 7 % 4 + 2 ** 10 + (5 <=> 3) + 1_000 + 0xff + 1.5f + 10G + (3.7 as int) + 'ff'.with { Integer.parseInt(it, 16) }
println sprintf('%05d', 42) + "${-> 'lazy'}" + 'single $quoted' + /slashy \d/ + $/dollar ${1}/$ + 'c'.charAt(0)

def add = { a, b = 1 -> a + b }
def twice = add.curry(2) >> { it * 2 }
def counter = { -> def n = 0; return { ++n } }()
counter()
println twice(3) + add(4) + counter() + [1, 2].collect(this.&fibonacci).sum() + add.memoize()(1, 1)
String.metaClass.twice = { -> delegate * 2 }
println 'ab'.twice()
use(groovy.time.TimeCategory) { println((2.hours + 30.minutes).toMilliseconds()) }
new StringBuilder().with {
    append 'x'
    append 1
    println it
}
outer:
for (int i = 0; i < 3; i++) {
    for (j in 0..2) {
        if (j == 2) continue outer
        if (i == 2) break outer
    }
}
int i = 0
while (i < 3) i++
println i ? 'more' : 'zero'
5.times { print it }
1.upto(3) { print it }
println()
for (attempt in [{ 1.div(0) }, { null.size() }, { [1].get(3) }, { 'x' as int }, { new Account(balance: -1) }, { unknown },
                 { 'x'.noSuch(1) }, { assert 1 + 1 == 3, 'wrong' }, { (Object) 'x' as Map }, { throw new Exception('outer', new Error()) }]) {
    try {
        println attempt()
    } catch (MissingPropertyException | MissingMethodException e) {
        println e.message
    } catch (Throwable e) {
        println e.toString() + e.stackTrace.length + e.cause
    } finally {
        print ''
    }
}
def lock = new Object()
def threads = (1..2).collect { n -> Thread.start { synchronized (lock) { counter() } } }
threads*.join()
System.in.newReader().with { reader -> println reader.readLine(); reader.eachLine { line -> println line.split(' ')*.toInteger().sum() } }
System.err.println 'to the other stream'
println new File('.').canonicalFile.name.size() + new Date(0).time + [b: 1, a: 2].sort()*.key.toString()
println this.class.simpleName + binding.hasVariable('args')
