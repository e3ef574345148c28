// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

import java.util.concurrent.atomic.AtomicInteger

import scala.collection.immutable.{Queue, TreeMap}
import scala.collection.mutable
import scala.concurrent.ExecutionContext.Implicits.global
import scala.concurrent.duration._
import scala.concurrent.{Await, Future, Promise}
import scala.util.Random

/** Lists, maps, ranges, options, and the functions on them. */
case class Person(name: String, age: Int, city: Option[String] = None)

object Containers {
  def run(): Unit = {
    val people = List(Person("Ada", 36, Some("London")), Person("Alan", 41), Person("Grace", 85, Some("New York")))
    println(people.filter(_.age > 40).map(_.name).sorted)
    println(people.groupBy(_.city.getOrElse("nowhere")).map { case (city, those) => city -> those.size }.toSeq.sorted)
    println(people.sortBy(p => (p.name.length, -p.age)).head)
    println(people.sortWith(_.age > _.age).map(p => p.name -> p.age).toMap)
    println(people.partition(_.city.isDefined)._1.size)
    println(people.map(_.age).sum + people.foldLeft(0)((sum, p) => sum + p.age) + people.map(_.age).reduce(_ + _))
    println(people.exists(_.age > 80) && people.forall(_.name.nonEmpty) || !people.contains(null))
    println(people.zip(1 to 3).map { case (p, n) => s"$n ${p.name}" }.mkString("[", "; ", "]"))
    println(people.flatMap(_.name.toList).distinct.count(_.isUpper))
    println(people.flatMap(_.city).zipWithIndex.map { case (c, i) => i.toString + c }.lastOption)
    println((for (a <- 1 to 3; b <- a to 3 if (a + b) % 2 == 0) yield (a, b)).toList)
    println((1 until 20 by 4).sum + (10 to 7 by -1).head + ('a' to 'e').size)
    println(people.find(_.age == 41).fold("none")(_.name) + people.indexWhere(_.age == 85) + people.maxBy(_.age).name)
    val numbers = mutable.ArrayBuffer(5, 3, 8)
    numbers += 9
    numbers ++= Seq(1, 2)
    numbers(0) = numbers.last + numbers.length
    numbers -= 3
    numbers.insert(1, 4)
    println(numbers.sorted.reverse.take(2) ++ numbers.drop(1) ++ numbers.slice(1, 3))
    println(numbers.grouped(2).map(_.sum).toList.toString + numbers.sliding(2).map(_.max).toVector + numbers.scanLeft(0)(_ + _))
    println(numbers.span(_ > 4)._1.toString + numbers.takeWhile(_ > 4) + numbers.dropWhile(_ > 4) + numbers.min)
    val array = Array.fill(3)(0) ++ Array.tabulate(3)(n => n * n) ++ Array(1, 2)
    array(0) = 9
    scala.util.Sorting.quickSort(array)
    val grid = Array.ofDim[Int](2, 3)
    grid(1)(2) = 5
    println(array.mkString(" ") + grid.map(_.mkString(",")).mkString("|") + array.indices.last)
    val map = mutable.Map("one" -> 1)
    map("two") = 2
    map += "three" -> 3
    map.getOrElseUpdate("four", 4)
    map -= "one"
    for ((key, value) <- map.toSeq.sortBy(_._2)) print(s"$key=$value ")
    println(map.keys.toList.sorted.toString + map.values.sum + map.get("x") + map.contains("two") + map.getOrElse("x", 0))
    println(TreeMap(3 -> "c", 1 -> "a").head.toString + Map(1 -> 2).updated(3, 4) + (Map(1 -> "x") + (2 -> "y")).filter(_._1 > 1))
    println((Set(1, 2) union Set(3)).size + (Set(1, 2) & Set(2)).head + mutable.HashSet(1, 1).size)
    println("mississippi".groupBy(identity).map { case (c, s) => (c, s.length) }.toList.sortBy(-_._2).head)
    val queue = mutable.PriorityQueue(3, 1, 2)(Ordering.Int.reverse)
    val work = mutable.Queue(1, 2)
    work.enqueue(3)
    println(queue.dequeue() + work.dequeue() + Queue(7).head + mutable.Stack(5).pop() + Vector(1, 2)(1))
    println(Iterator.iterate(1)(_ * 2).takeWhile(_ < 100).filterNot(_ == 4).toList)
    println(Iterator.from(2).filter(n => (2 until n).forall(n % _ != 0)).take(5).mkString(" "))
    println(List(List(1), List(2, 3)).flatten.combinations(2).toList.size + List(1, 2, 3).permutations.size)
    println(new Random(42).nextInt(10) + new Random(1).shuffle(List(1, 2, 3)).size)
    val shared = new AtomicInteger()
    val promise = Promise[Int]()
    val futures = (1 to 3).map(n => Future { shared.addAndGet(n) })
    promise.success(4)
    val all = for (some <- Future.sequence(futures); one <- promise.future) yield some.size + one
    println(Await.result(all.recover { case _: Exception => 0 }, 10.seconds))
    val lock = new Object
    val thread = new Thread(new Runnable { def run(): Unit = lock.synchronized { shared.incrementAndGet(); () } })
    thread.start()
    thread.join()
    println(shared.get)
  }
}
