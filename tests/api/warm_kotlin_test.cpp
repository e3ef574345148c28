// SPDX-License-Identifier: Apache-2.0
#include "tests/api/warm_jvm_fixture.hpp"

namespace cex::test {
namespace {

std::string in_main(const std::string& body) {
  return "fun main(args: Array<String>) {\n" + body + "\n}\n";
}

const JvmSubject& kotlin() {
  static const JvmSubject subject{
      .language = "kotlin",
      .layers = {"cds-kotlinc", "cds-kotlin"},
      .steps = {"kotlinc", "java"},
      .maps = in_main("java.io.File(\"/proc/self/maps\").forEachLine { println(it) }"),
      .archive = "/kotlin.jsa",
      .programs = {
          {"hello", "fun main() {\n    println(\"Hello, world!\")\n}\n"},
          {"echo",
           "fun main() {\n  while (true) println(readLine() ?: return)\n}\n",
           {{"stdin", "one\ntwo \u00e9\n\nlast"}}},
          {"arguments",
           in_main("for (a in args) println(\"[$a]\")"),
           {{"args", {"a b", "", "@x", "-ea", "*"}}}},
          {"an exception that nobody catches",
           "fun f(a: IntArray, i: Int) = a[i]\n" + in_main("println(f(IntArray(1), 3))")},
          {"one of a lambda", in_main("listOf(3, 0).map { 1 / it }.forEach(::println)")},
          {"one in a thread",
           in_main(
               "val t = kotlin.concurrent.thread(name = \"w\") { throw RuntimeException(\"in\", "
               "Error()) }\nt.join(); println(\"after\")")},
          {"an exit code", in_main("print(\"x\"); kotlin.system.exitProcess(3)")},
          {"a hook", in_main("Runtime.getRuntime().addShutdownHook(Thread { println(\"hook\") })\n"
                             "error(\"main\")")},
          {"half a megabyte", in_main("repeat(65536) { print(\"1234567\\n\") }")},
          {"64 MiB", in_main("println(Array(64) { ByteArray(1 shl 20) }.size)")},
          {"a deep recursion", "fun f(i: Int): Int = f(i + 1) + 1\n" + in_main("f(0)")},
          {"no memory left",
           in_main("val l = ArrayList<ByteArray>()\nwhile (true) l.add(ByteArray(1 shl 20))")},
          {"no main", "fun main1() {}"},
          {"main in an object",
           "object App {\n  @JvmStatic fun main(args: Array<String>) = println(args.size)\n}\n",
           {{"args", {"one"}}}},
          {"a package", "package a.b\n\n" + in_main("println(Throwable().stackTrace[0])")},
          {"a class of another name",
           "@file:JvmName(\"App\")\n" + in_main("println(Throwable().stackTrace[0])")},
          {"a coroutine of the library",
           in_main("println(sequence { yield(1); yieldAll(listOf(2, 3)) }.toList())")},
          {"reflection", in_main("println(String::class.simpleName + \"\".javaClass)")},
          {"properties",
           in_main(
               "for ((k, v) in System.getProperties().toSortedMap(compareBy { it.toString() }))\n"
               "println(\"$k=$v\")\nprintln(System.getenv().toSortedMap())")},
          {"a grammar mistake", "fun main() { val = 3 \n"},
          {"wrong types", in_main("val n: Int = \"x\"\nundefined(3)\nval m: String? = null\n"
                                  "m.length\nn = 2")},
          {"what would be warned of",
           in_main("val unused = 1\nval s: String = \"x\"!!\nprintln(s)")},
          {"the box",
           in_main(
               "println(java.io.File(\".\").list().filter { !it.endsWith(\".class\") }.sorted()\n"
               "+ java.io.File(\"/tmp\").list() + ProcessHandle.current().pid()\n"
               "+ ProcessHandle.allProcesses().map { it.pid() }.toArray().toList())")},
          {"threads", in_main("println(Thread.getAllStackTraces().keys.map { it.name }.sorted()\n"
                              "+ Thread.currentThread().name)")},
          {"several sources",
           "",
           {{"files",
             {{{"path", "main.kt"}, {"content", "fun main() {\n  other()\n}\n"}},
              {{"path", "util/other.kt"}, {"content", "fun other() = println(1)\n"}}}}}},
          {"a class with the name of one that the compiler was trained on",
           "class Tree(val n: Int)\n" + in_main("println(Tree(3).n)")},
          {"an endless loop", in_main("while (true) {}"), {{"limits", {{"cpu_ms", 700}}}}},
      }};
  return subject;
}

class WarmKotlin : public WarmJvm<WarmKotlin> {
 public:
  static const JvmSubject& subject() { return kotlin(); }
  static std::string mode() { return "layers"; }
};

TEST_F(WarmKotlin, changes_no_answer) {
  expect_no_change();
}

TEST_F(WarmKotlin, runs_programs_on_the_archive) {
  expect_archive_in_use();
}

/// Kotlin from JVMs that were started ahead, for the compiler and for the program.
class PausedKotlin : public WarmJvm<PausedKotlin> {
 public:
  static const JvmSubject& subject() { return kotlin(); }
  static std::string mode() { return "full"; }
};

TEST_F(PausedKotlin, changes_no_answer) {
  expect_no_change();
}

}  // namespace
}  // namespace cex::test
