// SPDX-License-Identifier: Apache-2.0
#include "tests/api/warm_jvm_fixture.hpp"

namespace cex::test {
namespace {

std::string in_main(const std::string& body) {
  return "object Main {\n  def main(args: Array[String]): Unit = {\n" + body + "\n  }\n}\n";
}

const JvmSubject& scala() {
  static const JvmSubject subject{
      .language = "scala",
      .layers = {"cds-scalac", "cds-scala"},
      .steps = {"scalac", "java"},
      .maps = in_main("print(scala.io.Source.fromFile(\"/proc/self/maps\").mkString)"),
      .archive = "/scala.jsa",
      .programs = {
          {"hello", in_main("println(\"Hello, world!\")")},
          {"echo",
           in_main(
               "scala.io.Source.fromInputStream(System.in, \"UTF-8\").getLines.foreach(println)"),
           {{"stdin", "one\ntwo \u00e9\n\nlast"}}},
          {"arguments",
           in_main("for (a <- args) println(\"[\" + a + \"]\")"),
           {{"args", {"a b", "", "@x", "-ea", "*"}}}},
          {"an object that is a program", "object Main extends App {\n  println(args.length)\n}\n"},
          {"an exception that nobody catches",
           in_main("println(new Array[Int](1)(args.length + 3))")},
          {"one of a closure", in_main("List(3, 0).map(1 / _).foreach(println)")},
          {"no match", in_main("println((args.length: Any) match { case 1 => 2 })")},
          {"one in a thread",
           in_main(
               "val t = new Thread(new Runnable { def run() = throw new RuntimeException(\"in\", "
               "new Error) }, \"w\")\nt.start(); t.join(); println(\"after\")")},
          {"an exit code", in_main("print(\"x\"); sys.exit(3)")},
          {"a hook", in_main("sys.addShutdownHook(println(\"hook\")); sys.error(\"main\")")},
          {"half a megabyte", in_main("for (_ <- 1 to 65536) print(\"1234567\\n\")")},
          {"64 MiB", in_main("println(Array.fill(64)(new Array[Byte](1 << 20)).length)")},
          {"a deep recursion", in_main("def f(i: Int): Int = f(i + 1) + 1\nprintln(f(0))")},
          {"no memory left",
           in_main("var l = List.empty[Array[Byte]]\nwhile (true) l ::= new Array[Byte](1 << 20)")},
          {"no main", "object Main { def main1(): Unit = () }\n"},
          {"another object", "object Other { def main(a: Array[String]): Unit = () }\n"},
          {"the library's other parts",
           in_main("import scala.reflect.runtime.universe._\nprintln(typeOf[List[Int]])\n"
                   "println(<a><b/></a>.child.size)")},
          {"futures",
           in_main("import scala.concurrent._, ExecutionContext.Implicits.global, duration._\n"
                   "println(Await.result(Future.sequence(List(1, 2).map(n => Future(n * 2))), "
                   "9.seconds))")},
          {"properties", in_main("for ((k, v) <- sys.props.toList.sorted) println(k + \"=\" + v)\n"
                                 "println(sys.env.toList.sorted)")},
          {"a grammar mistake", "object Main { def main( { val = 3 \n"},
          {"wrong types", in_main("val n: Int = \"x\"\nundefined(3)\nn = 2\nList(1).foo")},
          {"warnings", in_main("(1: Any) match { case _: List[Int] => 1; case _ => 2 }\n"
                               "sealed trait T; case object A extends T\nprintln(1)")},
          {"the box",
           in_main(
               "println(new java.io.File(\".\").list.filterNot(_.endsWith(\".class\")).toList\n"
               "+ new java.io.File(\"/tmp\").list.toList.toString + ProcessHandle.current.pid)")},
          {"threads",
           in_main(
               "println(Thread.getAllStackTraces.keySet.toArray.map(_.asInstanceOf[Thread].getName)"
               ".sorted.toList + Thread.currentThread.getName)")},
          {"several sources",
           "",
           {{"files",
             {{{"path", "Main.scala"}, {"content", in_main("println(util.Other.hi)")}},
              {{"path", "util/Other.scala"},
               {"content", "package util\nobject Other { def hi = 1 }\n"}}}}}},
          {"a class with the name of one that the compiler was trained on",
           "case class Circle(n: String)\n" + in_main("println(Circle(\"mine\"))")},
          {"an endless loop", in_main("while (true) {}"), {{"limits", {{"cpu_ms", 700}}}}},
      }};
  return subject;
}

class WarmScala : public WarmJvm<WarmScala> {
 public:
  static const JvmSubject& subject() { return scala(); }
  static std::string mode() { return "layers"; }
};

TEST_F(WarmScala, changes_no_answer) {
  expect_no_change();
}

TEST_F(WarmScala, runs_programs_on_the_archive) {
  expect_archive_in_use();
}

/// Scala from JVMs that were started ahead, for the compiler and for the program.
class PausedScala : public WarmJvm<PausedScala> {
 public:
  static const JvmSubject& subject() { return scala(); }
  static std::string mode() { return "full"; }
};

TEST_F(PausedScala, changes_no_answer) {
  expect_no_change();
}

}  // namespace
}  // namespace cex::test
