// SPDX-License-Identifier: Apache-2.0
#include "python_spec.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cex::plugins {
namespace {

struct ProbeCase {
  const char* executable;
  int exit_code;
  const char* out;
  const char* id;  // null: not recognised
  const char* version;
};

TEST(PythonSpec, recognises_what_the_interpreters_print) {
  const ProbeCase table[] = {
      {"/usr/bin/python3.11", 0, "Python 3.11.2\n", "python-3.11.2", "3.11.2"},
      {"/usr/local/bin/python3.14", 0, "Python 3.14.0rc1+\n", "python-3.14.0", "3.14.0"},
      {"/usr/lib/pypy3.9/bin/pypy3.9", 0,
       "Python 3.9.16 (7.3.11, Dec 21 2022)\n[PyPy 7.3.11 with GCC 12.2.0]\n", "pypy-3.9.16",
       "3.9.16"},
      {"/usr/bin/python3.11-config", 1, "Usage: /usr/bin/python3.11-config --prefix\n", nullptr,
       ""},
      {"/usr/bin/python3", 1, "Python 3.11.2\n", nullptr, ""},
      {"/usr/bin/python2", 0, "Python 2.7.18\n", nullptr, ""},
      {"/usr/bin/x", 0, "", nullptr, ""},
  };
  for (const ProbeCase& one : table) {
    const auto found = PythonSpec{}.recognise({.probe = "python",
                                               .executable = one.executable,
                                               .exit_code = one.exit_code,
                                               .out = one.out});
    ASSERT_EQ(found.has_value(), one.id != nullptr) << one.out;
    if (!found) continue;
    EXPECT_EQ(found->id, one.id);
    EXPECT_EQ(found->version, one.version);
    EXPECT_EQ(found->executable, one.executable);
  }
}

TEST(PythonSpec, asks_for_the_folders_of_an_interpreter_outside_the_distribution) {
  const auto paths = [](const char* executable) {
    return PythonSpec{}
        .recognise({.executable = executable, .out = "Python 3.12.1"})
        ->read_only_paths;
  };
  EXPECT_EQ(paths("/usr/bin/python3.12"), plugin::Strings{});
  EXPECT_EQ(paths("/usr/local/bin/python3.12"),
            (plugin::Strings{"/usr/local/bin", "/usr/local/lib"}));
  EXPECT_EQ(paths("/opt/python-3.12/bin/python3.12"), plugin::Strings{"/opt/python-3.12"});
}

TEST(PythonSpec, has_nothing_to_do_but_to_run) {
  EXPECT_TRUE(PythonSpec{}.plan({.phase = plugin::Phase::compile}).steps.empty());
  EXPECT_TRUE(PythonSpec{}.plan({.phase = plugin::Phase::warm}).steps.empty());
}

TEST(PythonSpec, runs_a_file_that_looks_like_an_option) {
  const auto plan = PythonSpec{}.plan(
      {.executable = "/usr/bin/python3.11", .box_dir = "/box", .entry_file = "-c", .args = {"x"}});
  EXPECT_EQ(plan.steps.at(0).argv, (plugin::Strings{"/usr/bin/python3.11", "-B", "/box/-c", "x"}));
}

plugin::PlanRequest hello() {
  return {.toolchain = "python-3.11.2",
          .executable = "/usr/bin/python3.11",
          .box_dir = "/box",
          .entry_file = "main.py"};
}

TEST(PythonSpec, says_how_an_interpreter_can_be_started_ahead) {
  const auto plan = PythonSpec{}.plan(hello());
  ASSERT_EQ(plan.preboots.size(), 1U);
  EXPECT_EQ(plan.preboots[0].step, plan.steps[0].name);
  EXPECT_EQ(plan.preboots[0].argv, plan.steps[0].argv);
  EXPECT_EQ(plan.preboots[0].env, plugin::Strings{"PYTHONPATH=/box/.code-executor"});
  ASSERT_EQ(plan.files.size(), 1U);
  EXPECT_EQ(plan.files[0].step, plan.preboots[0].id);
  EXPECT_EQ(plan.files[0].path, ".code-executor/sitecustomize.py");
  EXPECT_NE(plan.files[0].content.find("wait_for_the_job()"), std::string::npos);
}

TEST(PythonSpec, has_dear_modules_loaded_ahead_for_sources_that_name_them) {
  auto request = hello();
  const auto gate = [&] { return PythonSpec{}.plan(request).files[0].content; };
  EXPECT_NE(gate().find("NAMED = ()\n"), std::string::npos);
  request.files = {"main.py", "a.py"};
  request.contents = {"import a", "import numpy as np\nfrom typing import List\n"};
  EXPECT_NE(gate().find("NAMED = (\"numpy\", \"typing\", )\n"), std::string::npos);
}

TEST(PythonSpec, starts_nothing_ahead_where_the_gate_would_be_passed_by) {
  for (const char* flag : {"-I", "-E", "-Xdev", "-Ximporttime", "-Werror"}) {
    auto request = hello();
    request.runtime_args = {flag};
    EXPECT_TRUE(PythonSpec{}.plan(request).preboots.empty()) << flag;
  }
  auto quiet = hello();
  quiet.runtime_args = {"-u"};
  EXPECT_EQ(PythonSpec{}.plan(quiet).preboots.size(), 1U);
  auto in_a_folder = hello();
  in_a_folder.entry_file = "src/main.py";
  EXPECT_TRUE(PythonSpec{}.plan(in_a_folder).preboots.empty());
  auto pypy = hello();
  pypy.toolchain = "pypy-3.9.16";
  EXPECT_TRUE(PythonSpec{}.plan(pypy).preboots.empty());
}

TEST(PythonSpec, reads_a_syntax_error_and_a_chained_traceback) {
  const auto found = PythonSpec{}.diagnose({.text = R"(  File "/box/main.py", line 3
    print(
         ^
SyntaxError: '(' was never closed
Traceback (most recent call last):
  File "/box/a.py", line 1, in <module>
    f()
  File "/box/b.py", line 7, in f
    raise ValueError("bad")
ValueError: bad
)"});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].file, "/box/main.py");
  EXPECT_EQ(found[0].line, 3U);
  EXPECT_EQ(found[0].code, "SyntaxError");
  EXPECT_EQ(found[0].message, "SyntaxError: '(' was never closed");
  EXPECT_EQ(found[1].file, "/box/b.py");
  EXPECT_EQ(found[1].line, 7U);
}

TEST(PythonSpec, survives_hostile_text) {
  for (const std::string& text :
       {std::string(300'000, '"'), "  File \"" + std::string(300'000, 'x'),
        std::string("  File \"\", line 99999999999\nE: x"),
        std::string("  File \"a\", line \nE")}) {
    EXPECT_LE(PythonSpec{}.diagnose({.text = text}).size(), 1U);
  }
}

}  // namespace
}  // namespace cex::plugins
