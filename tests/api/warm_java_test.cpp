// SPDX-License-Identifier: Apache-2.0
// Java from archives of loaded classes: the same answers, and the archives are really mapped.
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
  return job;
}

class WarmJava : public WarmSuite<WarmJava> {
 protected:
  static void SetUpTestSuite() {
    const json language = body_of(Api{shared_daemon().port()}.get("/v1/languages/java"));
    if (!language.value("usable", false)) return;
    start("java");
  }
  void SetUp() override {
    if (!daemon()) GTEST_SKIP() << "there is no JDK here";
    for (const char* layer : {"cds-javac", "cds-java"}) {
      ASSERT_EQ(settled_layer(warm(), "java", layer), "ready") << daemon()->log_text();
    }
  }
};

TEST_F(WarmJava, changes_no_answer) {
  const Program programs[] = {
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
  };
  for (const Program& program : programs) {
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

}  // namespace
}  // namespace cex::test
