// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

// For JVMs that wait: compiled and never run. Nothing with an annotation: reading one makes a proxy class, which has a number
// that stands in traces.
def twice(a) { a * 2 }

class Counter {
    int n

    int next() { n++ }
}

println twice(3) + new Counter(n: 2).next()
[1, 2].each { println "<$it>" }
for (i in 0..3) {
    if (i == 2) println([a: i, "b": [i]])
}
try {
    twice(null)
} catch (Exception e) {
    println e.message
}
