// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

/** Exceptions and their traces. */
class Trouble(message: String, cause: Throwable? = null) : Exception(message, cause)

class Resource(private val name: String) : java.io.Closeable {
    override fun close() = println("closed $name")
}

fun check(number: Int): Int {
    require(number >= 0) { "negative: $number" }
    check(number < 100) { "too large" }
    return number
}

fun nothing(): Nothing = throw Trouble("always")

fun failures() {
    val attempts = listOf<() -> Any?>(
        { check(-1) }, { check(100) }, { listOf(1)[3] }, { "x".toInt() }, { null!! }, { "text" as Any as Int },
        { 1 / "".length }, { emptyList<Int>().first() }, { nothing() }, { error("state") }, { mapOf(1 to 2).getValue(3) },
        { arrayOf(1)[2] }, { TODO("later") }, { throw Trouble("outer", Trouble("inner")) })
    for (attempt in attempts) {
        val outcome = try {
            attempt()
        } catch (e: Trouble) {
            e.cause?.message ?: e.message
        } catch (e: Throwable) {
            e.toString() + e.stackTrace.size
        } finally {
            print("")
        }
        println(outcome)
    }
    println(runCatching { check(-5) }.getOrElse { it.message } ?: "none")
    Resource("r").use { println("used") }
    val maybe: String? = if (attempts.isEmpty()) "x" else null
    println(maybe?.length ?: -1)
    Trouble("printed", IllegalStateException()).printStackTrace()
}
