// SPDX-License-Identifier: Apache-2.0
// Ordinary programs in the five languages, through the whole stack.
#include "core/base/text.hpp"
#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

using ::testing::HasSubstr;

/// One language's way to say the same things.
struct Sample {
  const char* id;
  const char* echo;    ///< prints its arguments, the variable GREETING and its stdin, exits with 3
  const char* broken;  ///< does not compile (or parse), for a reason in line 2
  const char* artifact;  ///< writes out/data.txt with "kept"
};

const Sample kSamples[] = {
    {"python",
     "import os, sys\nprint(' '.join(sys.argv[1:]))\nprint(os.environ['GREETING'])\n"
     "print(sys.stdin.read(), end='')\nsys.exit(3)\n",
     "x = 1\nif x = 2:\n  pass\n",
     "import os\nos.makedirs('out')\nopen('out/data.txt', 'w').write('kept')\n"},
    {"c",
     "#include <stdio.h>\n#include <stdlib.h>\nint main(int n, char** a) {\n"
     "  for (int i = 1; i < n; ++i) printf(i > 1 ? \" %s\" : \"%s\", a[i]);\n"
     "  printf(\"\\n%s\\n\", getenv(\"GREETING\"));\n"
     "  for (int c; (c = getchar()) != EOF;) putchar(c);\n  return 3;\n}\n",
     "int main(void) {\n  return unknown_name;\n}\n",
     "#include <stdio.h>\n#include <sys/stat.h>\nint main(void) {\n  mkdir(\"out\", 0755);\n"
     "  FILE* f = fopen(\"out/data.txt\", \"w\");\n  fputs(\"kept\", f);\n  return "
     "fclose(f);\n}\n"},
    {"cpp",
     "#include <cstdlib>\n#include <iostream>\n#include <iterator>\n#include <string>\n"
     "int main(int n, char** a) {\n  for (int i = 1; i < n; ++i) std::cout << (i > 1 ? \" \" : "
     "\"\") << a[i];\n"
     "  std::cout << '\\n' << std::getenv(\"GREETING\") << '\\n'\n"
     "            << std::string(std::istreambuf_iterator<char>(std::cin), {});\n  return 3;\n}\n",
     "int main() {\n  return unknown_name;\n}\n",
     "#include <filesystem>\n#include <fstream>\nint main() {\n  "
     "std::filesystem::create_directory(\"out\");\n"
     "  std::ofstream(\"out/data.txt\") << \"kept\";\n}\n"},
    {"go",
     "package main\nimport (\n\t\"fmt\"\n\t\"io\"\n\t\"os\"\n\t\"strings\"\n)\nfunc main() {\n"
     "\tfmt.Println(strings.Join(os.Args[1:], \" \"))\n\tfmt.Println(os.Getenv(\"GREETING\"))\n"
     "\tio.Copy(os.Stdout, os.Stdin)\n\tos.Exit(3)\n}\n",
     "package main\nfunc main() { return unknown_name }\n",
     "package main\nimport \"os\"\nfunc main() {\n\tos.Mkdir(\"out\", 0755)\n"
     "\tos.WriteFile(\"out/data.txt\", []byte(\"kept\"), 0644)\n}\n"},
    {"java",
     "public class Main {\n  public static void main(String[] a) throws Exception {\n"
     "    System.out.println(String.join(\" \", a));\n    "
     "System.out.println(System.getenv(\"GREETING\"));\n"
     "    System.out.flush();\n    System.in.transferTo(System.out);\n    System.out.flush();\n"
     "    System.exit(3);\n  }\n}\n",
     "public class Main {\n  int x = unknown_name;\n}\n",
     "import java.nio.file.*;\npublic class Main {\n  public static void main(String[] a) throws "
     "Exception {\n"
     "    Files.createDirectory(Path.of(\"out\"));\n    "
     "Files.writeString(Path.of(\"out/data.txt\"), \"kept\");\n"
     "  }\n}\n"},
};

void PrintTo(const Sample& sample, std::ostream* out) {
  *out << sample.id;
}

class Languages : public ApiTest, public ::testing::WithParamInterface<Sample> {
 protected:
  void SetUp() override {
    const json entry = language(GetParam().id);
    if (entry["usable"] != true) GTEST_SKIP() << GetParam().id << ": " << entry["reason"];
    hello_ = entry["hello"];
    compiled_ = entry["compiled"];
  }
  /// A cold compiler on a slow or busy machine needs more than the default.
  json run(json job) {
    job["language"] = GetParam().id;
    constexpr int kLargest = 120'000;  // the built-in maximum of a compilation
    job["compile"] = {{"limits", {{"wall_ms", kLargest}, {"cpu_ms", kLargest}}}};
    return api.run(job);
  }

  std::string hello_;
  bool compiled_{false};
};

TEST_P(Languages, says_hello) {
  const json job = run({{"source", hello_}});
  EXPECT_EQ(job["status"], "ok") << job;
  ASSERT_EQ(job["runs"].size(), 1U) << job;
  EXPECT_EQ(job["runs"][0]["stdout"], "Hello, world!\n");
  EXPECT_EQ(job["runs"][0]["exit_code"], 0);
  EXPECT_EQ(job["compile"].is_object(), compiled_) << job["compile"];
  EXPECT_GT(job["runs"][0]["wall_ms"], 0.0);
  EXPECT_FALSE(job["language"]["version"].get<std::string>().empty());
}

TEST_P(Languages, passes_arguments_environment_stdin_and_exit_code_to_each_test_of_one_compile) {
  const json tests{{{"name", "own input"}, {"stdin", "line\nno end"}},
                   {{"name", "own arguments"}, {"args", {"y"}}, {"env", {{"GREETING", "g"}}}}};
  const json job = run({{"source", GetParam().echo},
                        {"args", {"one", "two words"}},
                        {"env", {{"GREETING", "h\u00e9llo"}}},
                        {"stdin", "of the job\n"},
                        {"tests", tests}});
  ASSERT_EQ(job["runs"].size(), 2U) << job;
  EXPECT_EQ(job["runs"][0]["stdout"], "one two words\nh\u00e9llo\nline\nno end") << job;
  EXPECT_EQ(job["runs"][1]["stdout"], "y\ng\nof the job\n") << job;
  EXPECT_EQ(job["runs"][1]["name"], "own arguments");
  EXPECT_EQ(job["runs"][0]["exit_code"], 3);
  EXPECT_EQ(job["status"], "runtime_error");
}

TEST_P(Languages, tells_the_line_of_a_mistake) {
  const json job = run({{"source", GetParam().broken}});
  if (!compiled_) {
    EXPECT_EQ(job["status"], "runtime_error") << job;
    EXPECT_THAT(job["runs"][0]["stderr"].get<std::string>(), HasSubstr("line 2"));
    return;
  }
  EXPECT_EQ(job["status"], "compile_error") << job;
  EXPECT_TRUE(job["runs"].empty());
  ASSERT_FALSE(job["compile"]["diagnostics"].empty()) << job;
  const json first = job["compile"]["diagnostics"][0];
  EXPECT_EQ(first["line"], 2) << job;
  EXPECT_EQ(first["severity"], "error");
  EXPECT_EQ(first["file"], language(GetParam().id)["default_file"]);
}

TEST_P(Languages, takes_several_files_and_returns_artifacts) {
  const json job =
      run({{"files",
            {{{"path", language(GetParam().id)["default_file"]}, {"content", GetParam().artifact}},
             {{"path", "notes/data.bin"}, {"content", "AP8="}, {"encoding", "base64"}}}},
           {"artifacts", {"out/*", "notes/*"}}});
  EXPECT_EQ(job["status"], "ok") << job;
  ASSERT_EQ(job["artifacts"].size(), 2U) << job;
  for (const auto& artifact : job["artifacts"]) {
    const bool text = artifact["path"] == "out/data.txt";
    EXPECT_EQ(artifact["path"], text ? "out/data.txt" : "notes/data.bin");
    EXPECT_EQ(artifact["content"], text ? "kept" : "AP8=");
    EXPECT_EQ(artifact["encoding"], text ? "utf8" : "base64");
    EXPECT_EQ(artifact["size_bytes"], text ? 4 : 2);
  }
}

INSTANTIATE_TEST_SUITE_P(, Languages, ::testing::ValuesIn(kSamples),
                         [](const auto& tested) { return std::string{tested.param.id}; });

/// What needs only one language: Python, the cheapest.
class Jobs : public ApiTest {
 protected:
  void SetUp() override {
    const json entry = language("python");
    if (entry["usable"] != true) GTEST_SKIP() << entry["reason"];
  }
  static json python(const std::string& source, const json& more = json::object()) {
    json job{{"language", "python"}, {"source", source}};
    job.update(more);
    return job;
  }
};

TEST_F(Jobs, an_empty_source_is_a_program_that_does_nothing) {
  const json job = api.run(python(""));
  EXPECT_EQ(job["status"], "ok") << job;
  EXPECT_EQ(job["runs"][0]["stdout"], "");
}

TEST_F(Jobs, a_source_of_one_mebibyte_runs) {
  const json job = api.run(python(std::string(1U << 20U, '#') + "\nprint('ran')\n"));
  EXPECT_EQ(job["runs"][0]["stdout"], "ran\n") << job["status"];
}

TEST_F(Jobs, sources_reach_the_box_byte_by_byte) {
  const std::string bytes("\xef\xbb\xbf a\0b\r\n\xff\xfe\xc0\x80 end", 17);
  const json job =
      api.run({{"language", "python"},
               {"files",
                {{{"path", "main.py"},
                  {"content", "import sys\nsys.stdout.buffer.write(open('raw', 'rb').read())\n"}},
                 {{"path", "raw"}, {"content", base64_encode(bytes)}, {"encoding", "base64"}}}},
               {"entry", "main.py"}});
  ASSERT_EQ(job["status"], "ok") << job;
  EXPECT_EQ(job["runs"][0]["stdout_encoding"], "base64");
  EXPECT_EQ(job["runs"][0]["stdout"], base64_encode(bytes));
}

TEST_F(Jobs, programs_with_crlf_bom_and_nul_get_an_answer) {
  EXPECT_EQ(api.run(python("print(1)\r\nprint(2)\r\n"))["runs"][0]["stdout"], "1\n2\n");
  EXPECT_EQ(api.run(python("\ufeffprint(3)\n"))["runs"][0]["stdout"], "3\n");
  const json nul = api.run(python(std::string("print(1)\0\n", 10)));
  EXPECT_TRUE(nul["status"].is_string());
  EXPECT_NE(nul["status"], "internal_error") << nul;
}

TEST_F(Jobs, output_of_any_bytes_comes_back_whole) {
  const json text =
      api.run(python("import sys\nsys.stdout.write('a\\0\\u2028\\x1b[31m\\r\\n')\n"))["runs"][0];
  EXPECT_EQ(text["stdout_encoding"], "utf8");
  EXPECT_EQ(text["stdout"], std::string("a\0\u2028\x1b[31m\r\n", 12));
  const json raw = api.run(
      python("import os\nos.write(1, bytes(range(256)))\nos.write(2, b'\\xc3')\n"))["runs"][0];
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(raw["stdout"], base64_encode(all));
  EXPECT_EQ(raw["stderr"], "ww==");
}

TEST_F(Jobs, stdin_may_be_any_bytes) {
  const std::string bytes("\0\xff\n", 3);
  const json job = api.run(python("import sys\nprint(sys.stdin.buffer.read())\n",
                                  {{"stdin", base64_encode(bytes)}, {"stdin_encoding", "base64"}}));
  EXPECT_EQ(job["runs"][0]["stdout"], "b'\\x00\\xff\\n'\n");
}

TEST_F(Jobs, tests_tell_accepted_wrong_and_stop_where_asked) {
  const std::string twice = "print(2 * float(input()))\n";
  const json tests{
      {{"name", "a"}, {"stdin", "1"}, {"expected_stdout", "2.0"}},
      {{"name", "b"}, {"stdin", "1"}, {"expected_stdout", "3"}},
      {{"name", "c"},
       {"stdin", "0.1"},
       {"expected_stdout", "0.2000001"},
       {"compare", "float:1e-3"}},
      {{"name", "d"}, {"stdin", "1"}, {"expected_stdout", "2.0\n"}, {"compare", "exact"}}};
  const json all = api.run(python(twice, {{"tests", tests}}));
  EXPECT_EQ(all["status"], "wrong_answer");
  ASSERT_EQ(all["runs"].size(), 4U);
  const std::vector<std::string> verdicts{"accepted", "wrong_answer", "accepted", "accepted"};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(all["runs"][i]["verdict"], verdicts[i]) << i;
  const json some = api.run(python(twice, {{"tests", tests}, {"stop_on_failure", true}}));
  EXPECT_EQ(some["runs"].size(), 2U) << some;
}

TEST_F(Jobs, are_listed_newest_first_filtered_and_in_pages) {
  const std::string tag = "list-" + std::to_string(::getpid());
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(api.run(python(i == 1 ? "exit(1)" : "", {{"labels", {{"group", tag}}}}))["id"]);
  }
  const std::string mine = "/v1/jobs?label=group%3D" + tag;
  const json all = body_of(api.get(mine));
  ASSERT_EQ(all["jobs"].size(), 3U) << all;
  EXPECT_EQ(all["jobs"][0]["id"], ids[2]);
  EXPECT_EQ(all["jobs"][0]["labels"], (json{{"group", tag}}));
  EXPECT_EQ(all["next_cursor"], nullptr);
  const json first = body_of(api.get(mine + "&limit=2"));
  ASSERT_EQ(first["jobs"].size(), 2U);
  const json rest =
      body_of(api.get(mine + "&limit=2&cursor=" + first["next_cursor"].get<std::string>()));
  ASSERT_EQ(rest["jobs"].size(), 1U);
  EXPECT_EQ(rest["jobs"][0]["id"], ids[0]);
  EXPECT_EQ(rest["next_cursor"], nullptr);
  EXPECT_EQ(body_of(api.get(mine + "&status=runtime_error"))["jobs"].size(), 1U);
  EXPECT_EQ(body_of(api.get(mine + "&state=queued"))["jobs"].size(), 0U);
  EXPECT_EQ(body_of(api.get(mine + "&language=go"))["jobs"].size(), 0U);
}

TEST_F(Jobs, are_gone_after_delete) {
  const std::string id = api.run(python("print(1)"))["id"];
  EXPECT_EQ(api.request("DELETE", "/v1/jobs/" + id).status, 204);
  expect_problem(api.get("/v1/jobs/" + id), 404, "not_found");
  expect_problem(api.request("DELETE", "/v1/jobs/" + id), 404, "not_found");
  expect_problem(api.get("/v1/jobs/" + id + "/events"), 404, "not_found");
}

TEST_F(Jobs, a_running_job_is_dead_when_delete_answers) {
  const std::string marker = "cex-delete-" + std::to_string(::getpid());
  const std::string id =
      api.submit(python("import time\ntime.sleep(3600)\n", {{"args", {marker}}}));
  ASSERT_TRUE(wait_until_there(marker));
  EXPECT_EQ(api.request("DELETE", "/v1/jobs/" + id).status, 204);
  EXPECT_TRUE(processes_with(marker).empty());
  expect_problem(api.get("/v1/jobs/" + id), 404, "not_found");
}

TEST_F(Jobs, wait_ends_with_the_job_as_it_stands) {
  const auto response = api.post_job(python("import time\ntime.sleep(3600)\n"), "?wait=1");
  EXPECT_EQ(response.status, 202);
  const json job = body_of(response);
  EXPECT_EQ(response.header("location"), "/v1/jobs/" + job["id"].get<std::string>());
  EXPECT_EQ(job["status"], nullptr);
  EXPECT_EQ(api.request("DELETE", response.header("location")).status, 204);
}

TEST_F(Jobs, keep_trace_and_request_id_of_the_client) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const auto response = api.request(
      "POST", "/v1/jobs?wait=60", python("print(1)").dump(),
      {{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}, {"X-Request-Id", "my-own-id"}});
  const json job = body_of(response);
  EXPECT_EQ(job["trace_id"], trace);
  EXPECT_EQ(response.header("x-request-id"), "my-own-id");
  const auto line = daemon.wait_for_line("job finished", "job", job["id"]);
  ASSERT_TRUE(line);
  EXPECT_EQ((*line)["request_id"], "my-own-id");
  EXPECT_EQ((*line)["language"], "python");
  EXPECT_EQ((*line)["status"], "ok");
  EXPECT_TRUE((*line)["duration_ms"].is_number());
}

}  // namespace
}  // namespace cex::test
