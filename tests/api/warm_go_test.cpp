// SPDX-License-Identifier: Apache-2.0
// Go programs that are compiled and linked directly get the answers of `go build`.
#include <chrono>
#include <fstream>

#include "tests/api/api_fixture.hpp"
#include "tests/api/warm_fixture.hpp"

namespace cex::test {
namespace {

struct Program {
  const char* name;
  const char* source;
  const char* input = "";
};

constexpr Program kPrograms[] = {
    {"hello", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"},
    {"echo",
     "package main\n\nimport (\n\t\"io\"\n\t\"os\"\n)\n\n"
     "func main() { io.Copy(os.Stdout, os.Stdin) }\n",
     "a\nb"},
    {"panic", "package main\n\nfunc f() { panic(\"oh\") }\n\nfunc main() { f() }\n"},
    {"panic elsewhere",
     "package main\n\nfunc main() {\n\tgo func() { var m map[int]int; m[1] = 1 }()\n"
     "\tselect {}\n}\n"},
    {"exit", "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(3) }\n"},
    {"what it knows about itself",
     "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"runtime\"\n\t\"runtime/debug\"\n)\n\n"
     "func main() {\n\tinfo, ok := debug.ReadBuildInfo()\n\t_, file, line, _ := runtime.Caller(0)\n"
     "\tfmt.Println(info, ok, runtime.Version(), runtime.GOROOT(), os.Args, file, line)\n"
     "\tlist, _ := os.ReadDir(\".\")\n\tfmt.Println(list)\n}\n"},
    {"old settings, new loops",
     "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tvar all []func()\n"
     "\tfor i := 0; i < 3; i++ {\n\t\tall = append(all, func() { fmt.Println(i) })\n\t}\n"
     "\tfor _, f := range all {\n\t\tf()\n\t}\n"
     "\tdefer func() { fmt.Println(recover() == nil) }()\n\tpanic(nil)\n}\n"},
    {"web",
     "package main\n\nimport (\n\t\"encoding/json\"\n\t\"fmt\"\n\t\"net/http/httptest\"\n"
     "\t\"net/http\"\n)\n\nfunc main() {\n\tw := httptest.NewRecorder()\n"
     "\tjson.NewEncoder(w).Encode(map[string]int{\"a\": http.StatusOK})\n"
     "\tfmt.Print(w.Body.String())\n}\n"},
    {"undefined", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(x) }\n"},
    {"unused", "package main\n\nimport \"fmt\"\nimport \"os\"\n\nfunc main() { x := 1 }\n"},
    {"a missing bracket", "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(1\n}\n"},
    {"not a keyword", "package main\n\nfucn main() {}\n"},
    {"many errors",
     "package main\n\nfunc main() {\n\ta = 1\n\tb = 1\n\tc = 1\n\td = 1\n\te = 1\n\tf = 1\n\tg = "
     "1\n"
     "\th = 1\n\ti = 1\n\tj = 1\n\tk = 1\n}\n"},
};

/// What only `go build` can answer, however plain it looks.
constexpr Program kOthers[] = {
    {"an unknown package", "package main\n\nimport \"example.com/x\"\n\nfunc main() { x.F() }\n"},
    {"an unknown package, and an error",
     "package main\n\nimport \"example.com/x\"\n\nfunc main() { x.F( }\n"},
    {"a hidden package", "package main\n\nimport \"internal/abi\"\n\nfunc main() {}\n"},
    {"no main", "package main\n\nfunc f() {}\n"},
    {"cgo", "package main\n\nimport \"C\"\n\nfunc main() {}\n"},
};

TEST(WarmGo, changes_no_answer) {
  const json language = body_of(Api{shared_daemon().port()}.get("/v1/languages/go"));
  if (!language.value("usable", false)) GTEST_SKIP() << "there is no Go here";
  ScratchDir dir;
  const std::string file = dir.path() + "/config.toml";
  std::ofstream{file} << "[languages.go]\nwarm_up = \"layers\"\n";
  DaemonProcess daemon{dir.path(), {"--slots", "2", "--config", file}};
  const Api api{daemon.port()};
  const std::string layer = "go-std-" + language["versions"][0]["version"].get<std::string>();
  ASSERT_EQ(settled_layer(api, "go", layer, std::chrono::seconds{900}), "ready")
      << daemon.log_text();
  const auto run = [&](const Program& program, const char* ending) {
    return api.run({{"language", "go"},
                    {"source", std::string{program.source} + ending},
                    {"stdin", program.input}});
  };
  for (const Program& program : kPrograms) {
    const json direct = run(program, "");
    // An order to a tool that nobody calls is enough to leave the program to `go build`.
    const json built = run(program, "\n//go:generate true\n");
    EXPECT_EQ(direct["compile"]["name"], "go-direct") << program.name;
    EXPECT_EQ(built["compile"]["name"], "go-build") << program.name;
    expect_same_answers(direct, built, program.name);
  }
  for (const Program& program : kOthers) {
    EXPECT_EQ(run(program, "")["compile"]["name"], "go-build") << program.name;
  }
  // What is no program ends as in a shell.
  const json library = run({"a library", "package lib\n\nfunc F() {}\n"}, "");
  ASSERT_EQ(library["status"], "runtime_error") << library.dump();
  EXPECT_EQ(library["runs"][0]["exit_code"], 126);
  EXPECT_EQ(library["runs"][0]["stderr"], "/box/program: cannot be executed: Permission denied\n");
}

}  // namespace
}  // namespace cex::test
