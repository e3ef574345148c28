// SPDX-License-Identifier: Apache-2.0
#include "plain_header.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cex::plugins::go {
namespace {

using Imports = std::optional<plugin::Strings>;

TEST(PlainImports, are_those_that_gofmt_would_write) {
  struct Case {
    const char* text;
    plugin::Strings imports;
  };
  const Case table[] = {
      {"package main\n\nfunc main() {}\n", {}},
      {"package main\nimport \"fmt\"\nvar a int\n", {"fmt"}},
      {"package main\n\nimport (\n\t\"fmt\" // a\n\n\t// b\n\tm \"net/http\"\n\t. \"os\"\n\t_ "
       "\"embed\"\n)\n\n// c\nfunc main() {}\n",
       {"fmt", "net/http", "os", "embed"}},
      {"// a\n\n/* b */\npackage main\n\nimport \"a-b.c/d_e\"\nimport x \"y\" // z\n\ntype T int\n",
       {"a-b.c/d_e", "y"}},
      {"package main\r\n\r\nimport \"fmt\"\r\n\r\nfunc main() {\r\n", {"fmt"}},
      {"package main\nimport ()\nfunc main() {}\n", {}},
      {"package main\nfucn main( {\n\xFF\n", {}},
      // Imports that come too late are for the compiler.
      {"package main\nvar a int\nimport \"fmt\"\n", {}},
  };
  for (const Case& one : table)
    EXPECT_EQ(plain_imports(one.text), Imports{one.imports}) << one.text;
}

TEST(PlainImports, are_not_plain_if_anybody_could_stumble) {
  for (const char* text : {"",
                           "package main\n",
                           "package other\nfunc f() {}\n",
                           "package main\nimport \"fmt\"\n",
                           "package main\nimport `fmt`\nfunc main() {}\n",
                           "package main\nimport \"\"\nfunc main() {}\n",
                           "package main\nimport \"f mt\"\nfunc main() {}\n",
                           "package main\nimport \"\\x66mt\"\nfunc main() {}\n",
                           "package main\nimport 1a \"fmt\"\nvar a\n",
                           "package main\nimport a.b \"fmt\"\nvar a\n",
                           "package main\nimport func \"fmt\"\nvar a\n",
                           "package main\nimport .. \"fmt\"\nvar a\n",
                           "package main\nimport fmt\nfunc main() {}\n",
                           "package main\nimport \"fmt\nfunc main() {}\n",
                           "package main\nimport \"fmt\" \"os\"\nfunc main() {}\n",
                           "package main\nimport \"fmt\"; import \"os\"\nfunc main() {}\n",
                           "package main\nimport (\"fmt\")\nfunc main() {}\n",
                           "package main\nimport (\n\"fmt\"\nfunc main() {}\n",
                           "package main\nimport (\n\"fmt\"\n",
                           "package main\nimport (\n\"fmt\"\n) var a int\n",
                           "package main\nimport(\n\"fmt\"\n",
                           "package main\nimports \"fmt\"\nfunc main() {}\n",
                           "package main\nimport\n\"fmt\"\nvar a\n",
                           "package main\nimport /* a */ \"fmt\"\nvar a\n",
                           "package main\nif true {}\n",
                           "package main\n#\nfunc main() {}\n",
                           "package main\n} func main() {}\n",
                           "package main\n/* func main() {}\n",
                           "package main\n// \xFF\nfunc main() {}\n",
                           "package main\n// \xC3\xA4\nfunc main() {}\n",
                           "package main\n// \x01\nfunc main() {}\n",
                           "package main\n\xC3\xA4\n"}) {
    EXPECT_EQ(plain_imports(text), std::nullopt) << text;
  }
  EXPECT_EQ(plain_imports(std::string_view{"package main\n// \0\nfunc main() {}\n", 32}),
            std::nullopt);
}

TEST(PlainImports, are_bounded) {
  std::string text = "package main\nimport (\n";
  for (int i = 0; i < 201; ++i) text += "\"a" + std::to_string(i) + "\"\n";
  EXPECT_EQ(plain_imports(text + ")\nfunc main() {}\n"), std::nullopt);
}

}  // namespace
}  // namespace cex::plugins::go
