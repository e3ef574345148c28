// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

import kotlin.math.PI
import kotlin.math.abs
import kotlin.math.sqrt
import kotlin.properties.Delegates
import kotlin.reflect.KProperty

/** Classes of all sorts, and what is done with them. */
interface Named {
    val name: String
    fun describe(): String = "a $name"
}

sealed class Shape(override val name: String) : Named {
    abstract val area: Double

    data class Circle(val radius: Double) : Shape("circle") {
        override val area get() = PI * radius * radius
    }

    data class Box(val width: Double, val height: Double = width) : Shape("box") {
        override val area: Double
            get() = width * height
    }

    object Point : Shape("point") {
        override val area = 0.0
    }
}

enum class Level(val weight: Int) {
    LOW(1), MIDDLE(5) {
        override fun label() = "in between"
    },
    HIGH(9);

    open fun label() = "level $weight"
}

class Vector2(val x: Int, val y: Int) : Comparable<Vector2> {
    operator fun plus(other: Vector2) = Vector2(x + other.x, y + other.y)
    operator fun unaryMinus() = Vector2(-x, -y)
    operator fun get(index: Int) = if (index == 0) x else y
    operator fun component1() = x
    operator fun component2() = y
    operator fun contains(value: Int) = value == x || value == y
    infix fun dot(other: Vector2): Int = x * other.x + y * other.y
    override fun compareTo(other: Vector2) = (x * x + y * y).compareTo(other.x * other.x + other.y * other.y)
    override fun equals(other: Any?) = other is Vector2 && other.x == x && other.y == y
    override fun hashCode() = 31 * x + y
    override fun toString() = "($x, $y)"

    companion object {
        const val DIMENSIONS = 2
        val ZERO = Vector2(0, 0)
    }
}

class Upper(private var value: String) {
    operator fun getValue(owner: Any?, property: KProperty<*>) = value + property.name.length
    operator fun setValue(owner: Any?, property: KProperty<*>, next: String) {
        value = next
    }
}

class Settings(entries: Map<String, Any?>) {
    val size: Int by entries
    val slow by lazy { size * 2 }
    var seen: Int by Delegates.observable(0) { _, old, new -> println("$old -> $new") }
    var text by Upper("first")
    lateinit var later: String
    fun ready() = ::later.isInitialized
}

class Logged(inner: Named) : Named by inner {
    override fun describe() = "logged $name"
}

class Tree<T : Comparable<T>> : Iterable<T> {
    private inner class Node(val value: T, var left: Node? = null, var right: Node? = null)

    private var root: Node? = null

    fun add(value: T) {
        var node = root
        if (node == null) {
            root = Node(value)
            return
        }
        while (true) {
            val here = node!!
            val next = if (value < here.value) here.left else here.right
            if (next == null) {
                if (value < here.value) here.left = Node(value) else here.right = Node(value)
                return
            }
            node = next
        }
    }

    override fun iterator(): Iterator<T> = iterator { visit(root) }

    private suspend fun SequenceScope<T>.visit(node: Node?) {
        if (node == null) return
        visit(node.left)
        yield(node.value)
        visit(node.right)
    }
}

fun Shape.isLarge(than: Double = 10.0) = area > than

val Int.squared: Int get() = this * this

inline fun <reified T> Iterable<*>.firstOf(): T? = firstOrNull { it is T } as T?

fun <A, B, C> compose(f: (A) -> B, g: (B) -> C): (A) -> C = { g(f(it)) }

tailrec fun gcd(a: Long, b: Long): Long = if (b == 0L) a else gcd(b, a % b)

fun total(vararg numbers: Int, times: Int = 1): Int = numbers.sum() * times

fun kind(value: Any?): String = when (value) {
    null -> "nothing"
    0, 1 -> "few"
    in 2..9 -> "some"
    is Int -> "many"
    is String -> if (value.isEmpty()) "empty" else "text of ${value.length}"
    is IntArray -> value.joinToString(prefix = "<", postfix = ">")
    !is Shape -> value.toString()
    else -> when (value) {
        is Shape.Circle -> "round ${"%.1f".format(value.radius)}"
        is Shape.Box -> value.describe()
        Shape.Point -> "point"
    }
}

fun shapes() {
    val all = listOf(Shape.Circle(1.5), Shape.Box(2.0), Shape.Box(3.0, 4.0), Shape.Point)
    for (shape in all) println("${shape.name} ${shape.area} ${shape.isLarge()} ${kind(shape)}")
    val (width, height) = all[2] as Shape.Box
    println((all[1] as Shape.Box).copy(height = width + height) == Shape.Box(2.0, 7.0))
    for (value in listOf(null, 1, 5, 70, "", "abc", intArrayOf(1, 2), 2.5, 'c')) println(kind(value))
    var sum = Vector2.ZERO
    for (i in 10 downTo 1 step 3) sum += Vector2(i, -i)
    val (x, y) = -sum
    println("$sum $x $y ${sum[0]} ${sum dot Vector2(1, 2)} ${22 in sum} ${sum > Vector2(1, 1)} ${Vector2.DIMENSIONS}")
    println(Level.values().map { it.label() } + Level.valueOf("HIGH").ordinal)
    val settings = Settings(mapOf("size" to 21))
    settings.seen = 4
    settings.text = "second"
    println("${settings.slow} ${settings.text} ${settings.ready()}")
    println(Logged(Shape.Point).describe())
    val tree = Tree<String>()
    "the quick brown fox jumps over the lazy dog".split(" ").forEach(tree::add)
    println(tree.joinToString())
    println(listOf(1, "two", 3.0).firstOf<String>())
    println(compose({ n: Int -> n + 1 }, { "<$it>" })(41) + gcd(84, 36) + total(1, 2, 3, times = 2) + 7.squared)
    val anonymous = object : Named {
        override val name = "anonymous"
        private var calls = 0
        override fun describe(): String {
            calls++
            return super.describe() + calls
        }
    }
    println(anonymous.describe().also { print("also ") }.let { it.length }.run { plus(1) })
    val counter = run {
        var n = 0
        { ++n }
    }
    counter()
    println(counter() + sqrt(abs(-16.0)).toInt())
    outer@ for (i in 1..5) {
        for (j in 1..5) {
            if (j == 4) continue@outer
            if (i == 3) break@outer
        }
    }
    println(0xFF.shl(2).or(1).toString(2) + 7.toByte() + 5.5f.toLong() + 'a'.plus(1))
    with(StringBuilder()) {
        append(1).append('x')
        println(apply { append(true) })
    }
}
