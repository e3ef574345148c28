// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>

#include <cex/scan.hpp>
#include <gtest/gtest.h>

namespace cex::plugin {
namespace {

TEST(ForEachLine, splits_cuts_and_stops) {
  std::string seen;
  for_each_line("a\r\nb\n\nc", [&](std::string_view line) {
    seen += "[" + std::string(line) + "]";
    return true;
  });
  EXPECT_EQ(seen, "[a][b][][c]");
  std::size_t length = 0;
  for_each_line(std::string(10'000, 'x'), [&](std::string_view line) {
    length = line.size();
    return true;
  });
  EXPECT_EQ(length, kMaxScanLine);
  int lines = 0;
  for_each_line("a\nb\nc", [&](std::string_view) { return ++lines < 2; });
  EXPECT_EQ(lines, 2);
}

TEST(ScanVersion, finds_the_number_after_a_text) {
  EXPECT_EQ(scan_version("Python 3.11.2\n", "Python "), "3.11.2");
  EXPECT_EQ(scan_version("go version go1.22.", "go version go"), "1.22");
  EXPECT_EQ(scan_version("v x v 7", "v "), "7");
  EXPECT_EQ(scan_version("v .5", "v "), "");
  EXPECT_EQ(scan_version("", "v "), "");
}

TEST(TakeNumber, refuses_what_does_not_fit) {
  std::uint32_t number = 0;
  std::string_view text = "123456789:x";
  EXPECT_TRUE(take_number(text, number));
  EXPECT_EQ(number, 123456789U);
  EXPECT_EQ(text, ":x");
  for (std::string_view odd : {"", "x", "-1", "1234567890"}) EXPECT_FALSE(take_number(odd, number));
}

TEST(ScanGnuStyle, takes_lines_apart) {
  struct Case {
    const char* line;
    const char* file;  // null: nothing found
    std::uint32_t row;
    std::uint32_t column;
    Severity severity;
    const char* message;
  };
  const Case table[] = {
      {"a.c:1:2: error: x", "a.c", 1, 2, Severity::error, "x"},
      {"./a.c:1: warning: x", "a.c", 1, 0, Severity::warning, "x"},
      {"C:dir:a.c:3:4: note: x", "C:dir:a.c", 3, 4, Severity::note, "x"},
      {"a.go:1:2: undefined: f", "a.go", 1, 2, Severity::error, "undefined: f"},
      {"a.c:1:2:", nullptr, 0, 0, Severity::error, ""},
      {"  a.c:1:2: error: x", nullptr, 0, 0, Severity::error, ""},
      {"# command-line-arguments", nullptr, 0, 0, Severity::error, ""},
      {"In file included from a.c:1:2: error:", nullptr, 0, 0, Severity::error, ""},
      {"make: *** [all] Error 1", nullptr, 0, 0, Severity::error, ""},
  };
  for (const Case& one : table) {
    const auto found = scan_gnu_style(one.line);
    ASSERT_EQ(found.size(), one.file == nullptr ? 0U : 1U) << one.line;
    if (one.file == nullptr) continue;
    EXPECT_EQ(found[0].file, one.file);
    EXPECT_EQ(found[0].line, one.row);
    EXPECT_EQ(found[0].column, one.column);
    EXPECT_EQ(found[0].severity, one.severity);
    EXPECT_EQ(found[0].message, one.message);
  }
}

TEST(ScanGnuStyle, moves_the_warning_option_into_the_code) {
  const auto found = scan_gnu_style("a.c:1:2: warning: x [y] [-Wextra]");
  EXPECT_EQ(found.at(0).code, "-Wextra");
  EXPECT_EQ(found.at(0).message, "x [y]");
}

TEST(Scanners, are_bounded) {
  std::string many;
  for (int i = 0; i < 1000; ++i) {
    many += "a.c:1:1: error: x\n  File \"a.py\", line 1\nE: x\n";
  }
  EXPECT_LE(scan_gnu_style(many).size(), kMaxDiagnostics);
  EXPECT_LE(scan_javac(many).size(), kMaxDiagnostics);
  EXPECT_LE(scan_python_traceback(many).size(), kMaxDiagnostics);
}

}  // namespace
}  // namespace cex::plugin
