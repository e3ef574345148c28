// SPDX-License-Identifier: Apache-2.0
#include "diagnostics.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cex::plugins::cpp {
namespace {

using plugin::Severity;

TEST(CppDiagnostics, reads_errors_warnings_and_notes) {
  const auto found = diagnose(R"(In file included from main.cpp:1:
lib/a.hpp:4:12: fatal error: nothing.hpp: No such file or directory
    4 | #include "nothing.hpp"
      |            ^~~~~~~~~~~~~
main.cpp: In function 'int main()':
main.cpp:3:7: warning: unused variable 'x' [-Wunused-variable]
main.cpp:9:1: note: candidate: 'void f(int)'
main.cpp:12: error: unterminated #if
)");
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].file, "lib/a.hpp");
  EXPECT_EQ(found[0].line, 4U);
  EXPECT_EQ(found[0].column, 12U);
  EXPECT_EQ(found[0].severity, Severity::error);
  EXPECT_EQ(found[0].message, "nothing.hpp: No such file or directory");
  EXPECT_EQ(found[1].severity, Severity::warning);
  EXPECT_EQ(found[1].code, "-Wunused-variable");
  EXPECT_EQ(found[1].message, "unused variable 'x'");
  EXPECT_EQ(found[2].severity, Severity::note);
  EXPECT_EQ(found[3].line, 12U);
  EXPECT_EQ(found[3].column, 0U);
}

TEST(CppDiagnostics, reads_the_linker_and_the_driver) {
  const auto found = diagnose(
      "/usr/bin/ld: /tmp/ccQ1.o: in function `main':\n"
      "main.cpp:(.text+0x9): undefined reference to `f()'\n"
      "collect2: error: ld returned 1 exit status\n"
      "g++: warning: '-x c++' after last input file has no effect\n");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].file, "main.cpp");
  EXPECT_EQ(found[0].message, "undefined reference to `f()'");
  EXPECT_EQ(found[1].message, "ld returned 1 exit status");
  EXPECT_EQ(found[2].severity, Severity::warning);
}

TEST(CppDiagnostics, survives_hostile_text) {
  const std::string texts[] = {std::string(300'000, ':'),
                               std::string(300'000, '1'),
                               "a:1:2: error: " + std::string(300'000, '['),
                               "main.c:99999999999:1: error: x\n",
                               "main.c:4294967296: error: x\n",
                               ":1:1: error: x\n",
                               "a:1:1: error: [-W",
                               std::string("a\0b:1:1: error: x", 17)};
  for (const std::string& text : texts) EXPECT_LE(diagnose(text).size(), 1U) << text.substr(0, 20);
}

TEST(CppDiagnostics, stops_at_two_hundred) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a.c:1:1: error: x\ncc1: error: y\n";
  EXPECT_EQ(diagnose(text).size(), 200U);
}

}  // namespace
}  // namespace cex::plugins::cpp
