// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

import scala.util.control.NonFatal
import scala.util.{Failure, Success, Try}

/** Exceptions and their traces. */
class Trouble(message: String, cause: Throwable = null) extends Exception(message, cause)

object Failures {
  def checked(n: Int): Either[String, Int] = if (n < 0) Left(s"negative: $n") else Right(n)

  def nothing(): Nothing = throw new Trouble("always")

  def run(): Unit = {
    val attempts = List[() => Any](
      () => { require(false, "never"); 1 }, () => { assert(1 > 2); 1 }, () => List(1)(3), () => "x".toInt,
      () => (null: String).length, () => ("text": Any).asInstanceOf[Int], () => 1 / "".length, () => Nil.head,
      () => None.get, () => sys.error("state"), () => Map(1 -> 2)(3), () => Array(1)(2), () => ???, () => nothing(),
      () => (5: Any) match { case 1 => "one" }, () => throw new Trouble("outer", new Trouble("inner")))
    for (attempt <- attempts) {
      val outcome =
        try attempt()
        catch {
          case e: Trouble if e.getCause != null => e.getCause.getMessage
          case NonFatal(e) => e.toString + e.getStackTrace.length
          case e: Throwable => e
        } finally print("")
      println(outcome)
    }
    println(Try("5".toInt).map(_ + 1).filter(_ > 5).getOrElse(0) + Try("x".toInt).recover { case _ => 7 }.get)
    Try(nothing()) match {
      case Success(_) => println("no")
      case Failure(e) => println(e.getMessage)
    }
    println(List(checked(-1), checked(2)).map { case Left(why) => why; case Right(n) => n.toString })
    println(Option(null: String).map(_.length).getOrElse(-1))
    new Trouble("printed", new IllegalStateException).printStackTrace()
  }
}
