// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

import no.such.library.Thing

/** What people get wrong most: the compiler must find and word the mistakes. */
trait Unfinished {
  def name: String
}

class Half extends Unfinished

object Problems {
  def main(args: Array[String]): Unit = {
    val number: Int = "text"
    val text: String = 5
    val fixed = 1
    fixed = 2
    undefined(3)
    text.lenght
    missing("x")
    missing()
    val list: List[String] = List(1, 2)
    for (x <- list) yield x.foo
    if (number) println()
    list.map(_ + 1).sum
    new Unfinished
    val number = 2
    List(3, "a").sorted
    return "no unit"
  }

  def missing(n: Int): Int = {
    println(n)
  }

  def missing(n: Int): Int = n
}
