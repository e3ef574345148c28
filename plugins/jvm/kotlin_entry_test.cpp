// SPDX-License-Identifier: Apache-2.0
#include "kotlin_entry.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cex::plugins::jvm {
namespace {

std::string main_of(std::string_view text, std::string_view file = "main.kt") {
  return kotlin_main_class(file, text).value_or("");
}

TEST(KotlinEntry, is_named_after_file_and_package) {
  EXPECT_EQ(main_of("fun main() {}"), "MainKt");
  EXPECT_EQ(main_of("fun main(args: Array<String>) {\n}\n", "Main.kt"), "MainKt");
  EXPECT_EQ(main_of("package a.b_1; \r\n\nimport x.*\nsuspend fun main() {}", "src/app.kt"),
            "a.b_1.AppKt");
  EXPECT_EQ(main_of("/* a /* b */ {} */\nclass A { fun f() {\n} }\n"
                    "val s = \"\"\"\n{}\n\"\"\"\nfun main() {"),
            "MainKt");
}

TEST(KotlinEntry, is_not_guessed) {
  for (const char* text :
       {"", "object Main {\n@JvmStatic\nfun main(args: Array<String>) {}\n}",
        "class A {\nfun main() {}\n}", "/*\nfun main() {}\n*/", "/* /* */\nfun main() {}\n*/",
        "val s = \"\"\"\nfun main() {}\n\"\"\"", "@file:JvmName(\"App\")\nfun main() {}",
        "package `fun`.x\nfun main() {}", "package a\npackage b\nfun main() {}", "  fun main() {}",
        "fun mainly() {}", "// fun main() {}", "val s = \"{\"\nfun main() {}",
        "package\ta.b // c\nfun main() {}"}) {
    EXPECT_EQ(main_of(text), "") << text;
  }
  for (const char* file : {"main.kts", "1.kt", "a-b.kt", "a.b.kt", ".kt", "main", "", "_x.kt"}) {
    EXPECT_EQ(main_of("fun main() {}", file), "") << file;
  }
}

TEST(KotlinEntry, reads_hostile_text_once) {
  EXPECT_EQ(main_of(std::string(60'000, '\n') + "fun main("), "MainKt");
  EXPECT_EQ(main_of(std::string(60'000, '{')), "");
  EXPECT_EQ(main_of(std::string(30'000, '/') + std::string(30'000, '*') + "\nfun main("), "");
}

}  // namespace
}  // namespace cex::plugins::jvm
