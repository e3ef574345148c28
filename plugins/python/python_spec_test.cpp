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
