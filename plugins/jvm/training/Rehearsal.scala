// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

/** Runs what the other files have, as small programs of users do. */
object Rehearsal {
  def main(arguments: Array[String]): Unit = {
    val programs = List[(String, () => Unit)](
      "shapes" -> (() => Shapes.run()), "containers" -> (() => Containers.run()),
      "words" -> (() => Words.run()), "failures" -> (() => Failures.run()), "app" -> (() => Small.main(arguments)))
    for ((name, run) <- programs) {
      println("-- " + name)
      run()
    }
    sys.exit(0)
  }
}

object Small extends App {
  val greeting = "an object that is a program"
  println(greeting + args.length)
}
