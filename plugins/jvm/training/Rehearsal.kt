// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

/** Runs what the other files have, as small programs of users do. */
fun main() {
    val programs = listOf<Pair<String, () -> Unit>>(
        "shapes" to ::shapes, "containers" to ::containers, "words" to ::words,
        "failures" to ::failures, "reading" to ::reading)
    for ((name, run) in programs) {
        println("-- $name")
        run()
    }
    System.exit(0)
}
