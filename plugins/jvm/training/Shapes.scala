// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

import scala.annotation.tailrec
import scala.language.implicitConversions
import scala.math.{abs, max, sqrt}

/** Classes of all sorts, and what is done with them. */
trait Named {
  def name: String
  def describe: String = s"a $name"
}

trait Loud extends Named {
  override def describe: String = super.describe.toUpperCase + "!"
}

sealed abstract class Shape(val name: String) extends Named {
  def area: Double
}

case class Circle(radius: Double) extends Shape("circle") {
  def area: Double = math.Pi * radius * radius
}

case class Box(width: Double, height: Double = 1.0) extends Shape("box") {
  require(width >= 0, "width")
  val area: Double = width * height
}

case object Point extends Shape("point") {
  def area: Double = 0
}

class Vec(val x: Int, val y: Int) extends Ordered[Vec] {
  def this(both: Int) = this(both, both)
  def +(other: Vec): Vec = new Vec(x + other.x, y + other.y)
  def unary_- : Vec = new Vec(-x, -y)
  def apply(index: Int): Int = if (index == 0) x else y
  def compare(other: Vec): Int = (x * x + y * y) - (other.x * other.x + other.y * other.y)
  override def equals(other: Any): Boolean = other match {
    case that: Vec => that.x == x && that.y == y
    case _ => false
  }
  override def hashCode: Int = 31 * x + y
  override def toString: String = s"($x, $y)"
}

object Vec {
  val zero: Vec = new Vec(0)
  def unapply(v: Vec): Option[(Int, Int)] = Some((v.x, v.y))
  implicit def fromPair(pair: (Int, Int)): Vec = new Vec(pair._1, pair._2)
}

class Account(private var balance: BigDecimal) {
  private[this] var history = List.empty[BigDecimal]
  def amount: BigDecimal = balance
  def amount_=(next: BigDecimal): Unit = {
    history = balance :: history
    balance = next
  }
  lazy val opened: Int = { print("opened "); history.size }
}

object Weekday extends Enumeration {
  val Mon, Tue, Wed = Value
}

trait Monoid[A] {
  def empty: A
  def combine(a: A, b: A): A
}

object Monoid {
  implicit val sums: Monoid[Int] = new Monoid[Int] {
    def empty = 0
    def combine(a: Int, b: Int) = a + b
  }
  implicit val texts: Monoid[String] = new Monoid[String] {
    def empty = ""
    def combine(a: String, b: String) = a + b
  }
}

abstract class Tree[+A]
case object Leaf extends Tree[Nothing]
case class Branch[A](left: Tree[A], value: A, right: Tree[A]) extends Tree[A]

object Shapes {
  implicit class IntWords(val n: Int) extends AnyVal {
    def squared: Int = n * n
    def times(action: => Unit): Unit = for (_ <- 1 to n) action
  }

  def total[A](values: Seq[A])(implicit monoid: Monoid[A]): A = values.foldLeft(monoid.empty)(monoid.combine)

  def insert[A](tree: Tree[A], value: A)(implicit order: Ordering[A]): Tree[A] = tree match {
    case Leaf => Branch(Leaf, value, Leaf)
    case Branch(l, v, r) if order.lt(value, v) => Branch(insert(l, value), v, r)
    case Branch(l, v, r) => Branch(l, v, insert(r, value))
  }

  def values[A](tree: Tree[A]): List[A] = tree match {
    case Leaf => Nil
    case Branch(left, value, right) => values(left) ::: value :: values(right)
  }

  @tailrec
  def gcd(a: Long, b: Long): Long = if (b == 0) a else gcd(b, a % b)

  def sum(numbers: Int*): Int = numbers.sum

  def curried(a: Int)(b: Int): Int = a - b

  def kind(value: Any): String = value match {
    case null => "nothing"
    case 0 | 1 => "few"
    case n: Int if n < 10 => "some"
    case _: Int => "many"
    case "" => "empty"
    case text: String => s"text of ${text.length}"
    case (a, b) => s"pair $a $b"
    case head :: _ => s"list from $head"
    case Nil => "no list"
    case Vec(x, _) => "vector " + x
    case Circle(r) => f"round $r%.2f"
    case box @ Box(_, 1.0) => box.toString
    case Some(inner) => kind(inner)
    case array: Array[Int] => array.mkString("<", ",", ">")
    case other => other.toString
  }

  def run(): Unit = {
    val all = List(Circle(1.5), Box(2), Box(3, height = 4), Point)
    for (shape <- all) println(shape.name + " " + shape.area + " " + kind(shape))
    println(Box(2).copy(height = 7) == Box(2, 7) && Box(2).hashCode == Box(2).hashCode)
    for (v <- Seq(null, 1, 5, 70, "", "abc", (1, 2), List(1), Nil, Some(3), Array(1, 2), 2.5, 'c')) println(kind(v))
    var place: Vec = (1, 2)
    place += new Vec(3)
    val Vec(x, y) = -place
    println(s"$place $x $y ${place(0)} ${place > Vec.zero} ${max(x, y)} ${sqrt(abs(-16.0)).toInt}")
    val account = new Account(10)
    account.amount = account.amount * 2
    println(account.amount.toString + account.opened + account.opened)
    println(Weekday.values.map(_.toString).mkString(",") + Weekday(1) + Weekday.withName("Wed").id)
    println(new Named with Loud { def name = "anonymous" }.describe)
    println(total(Seq(1, 2, 3)).toString + total(Seq("a", "b")) + 7.squared)
    println(values(List(5, 2, 8, 1).foldLeft(Leaf: Tree[Int])((tree, n) => insert(tree, n))))
    2.times(print("again "))
    val minus: Int => Int = curried(10)
    val compose = ((n: Int) => n + 1).andThen(_ * 2).compose[Int](_ - 3)
    println(minus(4) + compose(5) + gcd(84, 36) + sum(List(1, 2): _*))
    var i = 0
    while (i < 3) i += 1
    while (i > 0) { i -= 1 }
    val result = if (i == 0) "zero" else if (i > 0) "more" else "less"
    println(result)
    val partial: PartialFunction[Int, String] = { case 1 => "one" }
    println(partial.lift(2).orElse(partial.lift(1)).getOrElse("none") + List(1, 2).collect(partial))
    def byName(condition: => Boolean): Boolean = condition && condition
    println(byName { print("asked "); true })
  }
}
