// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

import no.such.library.Thing

/** What people get wrong most: the compiler must find and word the mistakes. */
interface Named2 {
    fun name(): String
}

class Half : Named2

data class Empty()

fun problems(): Int {
    val number: Int = "text"
    val text: String = 5
    val fixed = 1
    fixed = 2
    undefined(3)
    text.lenght
    val maybe: String? = null
    maybe.length
    missing("x")
    missing()
    var unset: Int
    println(unset)
    val list: List<String> = listOf(1, 2)
    for (i in 5) println(i)
    if (number) println()
    when (number) {
        "a" -> 1
    }
    val number = 2
    break
    Named2()
    list.map { it.foo() }
    abstract class Local
    Local()
    return "no number"
}

fun missing(n: Int): Int {
    if (n > 0) return 1
}

fun missing(n: Int): Int = n
