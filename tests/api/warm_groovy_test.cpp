// SPDX-License-Identifier: Apache-2.0
#include "tests/api/warm_jvm_fixture.hpp"

namespace cex::test {
namespace {

const JvmSubject& groovy() {
  static const JvmSubject subject{
      .language = "groovy",
      .layers = {"cds-groovy"},
      .steps = {"java"},
      .maps = "print new File('/proc/self/maps').text",
      .archive = "/groovy.jsa",
      .programs = {
          {"hello", "println 'Hello, world!'"},
          {"echo",
           "System.in.withReader('UTF-8') { r -> r.eachLine { println it } }",
           {{"stdin", "one\ntwo \u00e9\n\nlast"}}},
          {"arguments",
           "args.each { println \"[$it]\" }",
           {{"args", {"a b", "", "@x", "-ea", "*"}}}},
          {"an exception that nobody catches", "def f(a, i) { a[i] }\nprintln f(new int[1], 3)"},
          {"one with its whole trace",
           "try { [3, 0].collect { 1.intdiv(it) } } catch (e) { e.printStackTrace() }"},
          {"one that the library calls back to",
           "def list = [3, 1]\n20.times {\n  try { list.forEach { throw new "
           "RuntimeException(\"n\") } }\n"
           "  catch (e) { e.printStackTrace() }\n}"},
          {"a property that is missing", "println unknown"},
          // Its own message suggests others, in an order of methods that Java leaves open.
          {"a method that is missing",
           "try { 'x'.noSuch(1) } catch (MissingMethodException e) { println e.method }"},
          {"an assertion", "def a = [1, 2]\nassert a.size() == 1 + 2 : 'wrong'"},
          {"a power assertion", "def a = [1, 2]\nassert a.size() == 1 + 2"},
          {"one in a thread",
           "def t = new Thread({ throw new RuntimeException('in', new Error()) }, 'w')\n"
           "t.start(); t.join(); println 'after'"},
          {"an exit code", "print 'x'; System.exit(3)"},
          {"a hook", "addShutdownHook { println 'hook' }\nthrow new IllegalStateException('main')"},
          {"half a megabyte", "65536.times { print '1234567\\n' }"},
          {"64 MiB", "println((1..64).collect { new byte[1 << 20] }.size())"},
          {"a deep recursion",
           "def f(i) { f(i + 1) + 1 }\ntry { f(0) } catch (Throwable e) { println e.class }"},
          {"no memory left", "def l = []\nwhile (true) l << new byte[1 << 20]"},
          {"a class with main",
           "class Main { static void main(String[] a) { println a.length } }",
           {{"args", {"one"}}}},
          {"changed classes",
           "println String.metaClass.respondsTo('', 'twice')\nString.metaClass.twice = { delegate "
           "* 2 }\n"
           "println 'ab'.twice() + Integer.metaClass.methods.size()\n"
           "println GroovySystem.metaClassRegistry.iterator().collect { it.theClass.name }"},
          {"names of classes",
           "println this.class.name + { -> }.class.name + new GroovyShell().parse('1').class.name\n"
           "println Eval.me('this.class.name') + (new Object() {}).class.name"},
          {"properties",
           "System.properties.sort { it.key }.each { println it }\nprintln System.getenv().sort()"},
          {"a grammar mistake", "def f( {\n  int x = 1\n"},
          {"wrong types", "@groovy.transform.CompileStatic\ndef f() { int n = 'x'; n.foo() }\nf()"},
          {"what the loader holds",
           "println this.class.classLoader.loadedClasses*.name.sort()\n"
           "println Thread.currentThread().contextClassLoader.class.name"},
          {"the box",
           "println new File('.').list().sort() + new File('/tmp').list().toList() + "
           "ProcessHandle.current().pid()"},
          {"threads",
           "println Thread.allStackTraces.keySet()*.name.sort() + Thread.currentThread().name"},
          {"another thread's number", "println new Thread({}).name + Thread.start {}.id"},
          {"several sources",
           "",
           {{"files",
             {{{"path", "main.groovy"}, {"content", "println new Other().hi()"}},
              {{"path", "Other.groovy"}, {"content", "class Other { def hi() { 1 } }"}}}}}},
          {"a class with the name of one of the training",
           "class Circle { String toString() { 'mine' } }\nprintln new Circle()"},
          {"an endless loop", "while (true) {}", {{"limits", {{"cpu_ms", 3000}}}}},
      }};
  return subject;
}

class WarmGroovy : public WarmJvm<WarmGroovy> {
 public:
  static const JvmSubject& subject() { return groovy(); }
  static std::string mode() { return "layers"; }
};

TEST_F(WarmGroovy, changes_no_answer) {
  expect_no_change();
}

TEST_F(WarmGroovy, runs_programs_on_the_archive) {
  expect_archive_in_use();
}

/// Groovy in JVMs that were started ahead, with its compiler at hand.
class PausedGroovy : public WarmJvm<PausedGroovy> {
 public:
  static const JvmSubject& subject() { return groovy(); }
  static std::string mode() { return "full"; }
};

TEST_F(PausedGroovy, changes_no_answer) {
  expect_no_change();
}

}  // namespace
}  // namespace cex::test
