// SPDX-License-Identifier: Apache-2.0
// Java from archives of loaded classes and from JVMs started ahead: the same answers, and both are
// really used.
#include <signal.h>

#include <fstream>
#include <memory>

#include "tests/api/api_fixture.hpp"
#include "tests/api/warm_fixture.hpp"

namespace cex::test {
namespace {

struct Program {
  const char* name;
  std::string body;  ///< of main(), or a whole source where it has "class Main"
  json more = json::object();
};

std::string source_of(const std::string& body) {
  if (body.find("class Main") != std::string::npos) return body;
  return "import java.io.*;\nimport java.util.*;\npublic class Main {\n"
         "  public static void main(String[] args) throws Exception {\n    " +
         body + "\n  }\n}\n";
}

json job_of(const Program& program) {
  json job{{"language", "java"}, {"source", source_of(program.body)}};
  job.update(program.more);
  if (job.contains("files")) job.erase("source");
  return job;
}

const std::vector<Program>& programs() {
  static const std::vector<Program> all{
      {"hello", "System.out.println(\"Hello, world!\");"},
      {"echo",
       "BufferedReader in = new BufferedReader(new InputStreamReader(System.in));\n"
       "for (String line; (line = in.readLine()) != null; ) System.out.println(line);",
       {{"stdin", "one\ntwo \u00e9\n\nlast"}}},
      {"arguments",
       "for (String a : args) System.out.println(\"[\" + a + \"]\");",
       {{"args", {"a b", "", "@x", "-ea", "*"}}}},
      {"an exception that nobody catches",
       "public class Main { static int f(int[] a, int i) { return a[i]; }\n"
       "public static void main(String[] a) { System.out.println(f(new int[1], 3)); } }"},
      {"one of a lambda", "List.of(3, 0).stream().map(i -> 1 / i).forEach(System.out::println);"},
      {"one in a thread",
       "Thread t = new Thread(() -> { throw new RuntimeException(\"in\", new Error()); }, \"w\");\n"
       "t.start(); t.join(); System.out.println(\"after\");"},
      {"an exit code", "System.out.print(\"x\"); System.exit(3);"},
      {"a hook",
       "Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println(\"hook\")));\n"
       "throw new IllegalStateException(\"main\");"},
      {"half a megabyte", "for (int i = 0; i < 65536; i++) System.out.print(\"1234567\\n\");"},
      {"64 MiB",
       "byte[][] a = new byte[64][]; for (int i = 0; i < 64; i++) a[i] = new byte[1 << 20];\n"
       "System.out.println(a.length);"},
      {"a deep recursion",
       "public class Main { static int f(int i) { return f(i + 1) + 1; }\n"
       "public static void main(String[] a) { f(0); } }"},
      {"no memory left",
       "List<byte[]> l = new ArrayList<>(); while (true) l.add(new byte[1 << 20]);"},
      {"a class that is not there", "Class.forName(\"NoSuch\");"},
      {"no main", "public class Main { void main1() {} }"},
      {"another JVM",
       "Process p = new ProcessBuilder(System.getProperty(\"java.home\") + \"/bin/java\", "
       "\"-XX:+UseSerialGC\", \"-cp\", \"/box\", \"Main$Child\").inheritIO().start();\n"
       "System.out.println(p.waitFor()); }\n"
       "static class Child { public static void main(String[] a) { System.out.println(\"child\"); "
       "}"},
      {"properties",
       "for (String k : new TreeSet<>(System.getProperties().stringPropertyNames()))\n"
       "System.out.println(k + \"=\" + System.getProperty(k));\n"
       "System.out.println(new TreeMap<>(System.getenv()));"},
      {"another language of messages",
       "System.out.printf(\"%.2f %tA%n\", 1234.5, new Date(0));",
       {{"compile", {{"args", {"-Duser.language=de", "-Duser.timezone=JST"}}}}}},
      {"a collector that the archive is not for",
       "System.out.println(1);",
       {{"compile", {{"args", {"-XX:+UseG1GC"}}}}}},
      {"a heap that the archive's objects do not fit into",
       "System.out.println(1);",
       {{"compile", {{"args", {"-Xmx4m"}}}}}},
      {"a heap with nearly all of it for young objects",
       "System.out.println(1);",
       {{"compile", {{"args", {"-Xmx64m", "-Xmn60m"}}}}}},
      {"a grammar mistake", "public class Main { void f( { int x = 1 } "},
      {"wrong types",
       "int n = \"x\"; List<String> l = new ArrayList<Integer>(); undefined(3); l.foo(); int y; "
       "y++;"},
      {"warnings",
       "List l = new ArrayList(); l.add(1); System.out.println(new Date(1, 1, 1).getYear());",
       {{"compile", {{"args", {"-Xlint"}}}}}},
      {"a class in the wrong file", "public class Other { } // no class Main"},
      {"the box",
       "System.out.println(Arrays.toString(new File(\".\").list((d, n) -> "
       "!n.endsWith(\".class\")))\n"
       "+ Arrays.toString(new File(\"/tmp\").list()) + ProcessHandle.current().pid()\n"
       "+ ProcessHandle.allProcesses().map(ProcessHandle::pid).toList());"},
      {"threads",
       "System.out.println(new TreeSet<>(Thread.getAllStackTraces().keySet().stream()\n"
       ".map(Thread::getName).toList()) + Thread.currentThread().getName());"},
      {"several sources",
       "",
       {{"files",
         {{{"path", "Main.java"},
           {"content", "class Main { public static void main(String[] a) { Other.hi(); } }"}},
          {{"path", "Other.java"},
           {"content", "class Other { static void hi() { System.out.println(1); } }"}}}}}},
      {"a class with the name of one that javac was trained on",
       "public class Main { public static void main(String[] a) { System.out.println(new "
       "Shapes()); }\n"
       "} class Shapes { public String toString() { return \"mine\"; } }"},
      {"little memory for the compiler",
       "System.out.println(1);",
       {{"compile", {{"limits", {{"memory_bytes", 300 << 20}}}}}}},
      {"an endless loop", "while (true) { }", {{"limits", {{"cpu_ms", 500}}}}},
  };
  return all;
}

class WarmJava : public WarmSuite<WarmJava> {
 protected:
  static void SetUpTestSuite() { start_if_usable("java", "layers"); }
  void SetUp() override {
    if (!daemon()) GTEST_SKIP() << "there is no JDK here";
    for (const char* layer : {"cds-javac", "cds-java"}) {
      ASSERT_EQ(settled_layer(warm(), "java", layer), "ready") << daemon()->log_text();
    }
  }
};

TEST_F(WarmJava, changes_no_answer) {
  for (const Program& program : programs()) {
    const json job = job_of(program);
    expect_same_answers(warm().run(job), cold().run(job), program.name);
  }
}

TEST_F(WarmJava, runs_programs_on_the_archive) {
  const json job = job_of({"maps", R"(
    try (BufferedReader maps = new BufferedReader(new FileReader("/proc/self/maps"))) {
      System.out.println(maps.lines().anyMatch(line -> line.endsWith("/java.jsa")));
    })"});
  EXPECT_EQ(warm().run(job)["runs"][0]["stdout"], "true\n");
  EXPECT_EQ(cold().run(job)["runs"][0]["stdout"], "false\n");
}

TEST_F(WarmJava, leaves_chance_to_chance) {
  const json job = job_of({"chance", R"(
    System.out.println(Set.of(1, 2, 3, 4, 5, 6, 7, 8, 9) + " " + Math.random() + new Random().nextInt()
        + java.util.concurrent.ThreadLocalRandom.current().nextInt() + UUID.randomUUID());)"});
  const json first = warm().run(job);
  const json second = warm().run(job);
  ASSERT_EQ(first["status"], "ok");
  const auto words = [](const json& result) { return result["runs"][0]["stdout"]; };
  EXPECT_NE(words(first), words(second));
}

/// Java from JVMs that were started ahead, for the compiler and for the program.
class PausedJava : public WarmSuite<PausedJava> {
 protected:
  static void SetUpTestSuite() { start_if_usable("java", "full"); }
  void SetUp() override {
    if (!daemon()) GTEST_SKIP() << "there is no JDK here";
    for (const char* layer : {"cds-javac", "cds-java"}) {
      ASSERT_EQ(settled_layer(warm(), "java", layer), "ready") << daemon()->log_text();
    }
    // Those of before the archives are given up by and by.
    const json job = job_of({"agent", R"(
      try (BufferedReader maps = new BufferedReader(new FileReader("/proc/self/maps"))) {
        List<String> lines = maps.lines().toList();
        System.out.println(lines.stream().anyMatch(line -> line.contains("/gate.so"))
            && lines.stream().anyMatch(line -> line.endsWith("/java.jsa")));
      })"});
    const auto until = std::chrono::steady_clock::now() + patience(std::chrono::seconds{120});
    while (warm().run(job)["runs"][0]["stdout"] != "true\n") {
      ASSERT_LT(std::chrono::steady_clock::now(), until) << daemon()->log_text();
    }
  }
};

TEST_F(PausedJava, changes_no_answer) {
  for (const Program& program : programs()) {
    ASSERT_TRUE(wait_for_preboot(warm(), "java", "javac"));
    ASSERT_TRUE(wait_for_preboot(warm(), "java", "java"));
    const json job = job_of(program);
    expect_same_answers(warm().run(job), cold().run(job), program.name);
  }
}

TEST_F(PausedJava, nobody_hears_of_those_that_are_killed_while_they_wait) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(wait_for_preboot(warm(), "java", "javac"));
    for (const pid_t pid : processes_with("/gate.so")) {
      if (child_towards(daemon()->pid(), pid) > 0) ::kill(pid, SIGKILL);
    }
    const json result = warm().run(job_of({"hello", "System.out.println(1);"}));
    EXPECT_EQ(result["status"], "ok") << result.dump() << daemon()->log_text();
    EXPECT_EQ(result["runs"][0]["stdout"], "1\n");
  }
}

}  // namespace
}  // namespace cex::test
