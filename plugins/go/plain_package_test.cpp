// SPDX-License-Identifier: Apache-2.0
#include "plain_package.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace cex::plugins::go {
namespace {

constexpr std::string_view kHello =
    "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(1) }\n";

plugin::Strings sources(const std::vector<std::pair<std::string_view, std::string_view>>& files) {
  plugin::PlanRequest request;
  for (const auto& [name, content] : files) {
    request.files.push_back(name);
    request.contents.push_back(content);
  }
  return plain_package(request).sources;
}

TEST(PlainName, is_one_that_says_nothing_to_go_build) {
  for (const char* name : {"main.go", "Main2.go", "linux.go", "7.go"}) {
    EXPECT_TRUE(is_plain_name(name)) << name;
  }
  // What a name means beside these depends on the version: systems and processors are added.
  for (const char* name :
       {"main_test.go", "a_linux.go",  "a_linux_arm64.go", "a_b.go", "_a.go",     ".a.go",
        ".go",          "a.b.go",      "a b.go",           "-a.go",  "@a.go",     "a,b.go",
        "a;b.go",       "\xC3\xA4.go", "main.s",           "main.c", "main.syso", "go.mod",
        "default.pgo",  "main.go.txt", "main.Go",          "main"}) {
    EXPECT_FALSE(is_plain_name(name)) << name;
  }
}

TEST(PlainSource, is_a_file_of_package_main) {
  for (const char* text :
       {"package main\n", "package main;func main(){}\n", "package\tmain\r\n", "package\n\nmain\n",
        "// a\n/* b\n*/ package /* c */ main \n", "/**/package main\n", "//\npackage main\n",
        "// package other\npackage main\n", "/* //go */\npackage main\n"}) {
    EXPECT_TRUE(is_plain_source(text)) << text;
  }
  for (const char* text : {"",
                           "\n",
                           "package",
                           "package main",
                           "package other\n",
                           "packagemain\n",
                           "package mains\n",
                           "package main2\n",
                           "package main_test\n",
                           "Package main\n",
                           "func main() {}\n",
                           "// package main\n",
                           "/* package main\n",
                           "/* package main\n*/ package other\n",
                           "`package main\n`",
                           "\xEF\xBB\xBFpackage main\n",
                           "package// c",
                           "package main/",
                           "package m\xC3\xA4in\n",
                           "import \"fmt\"\npackage main\n"}) {
    EXPECT_FALSE(is_plain_source(text)) << text;
  }
}

TEST(PlainSource, has_no_import_comment) {
  for (const char* text : {"package main // import \"example.com/a\"\n",
                           "package main /* import \"a\" */\n", "package\nmain// import \"a\"\n"}) {
    EXPECT_FALSE(is_plain_source(text)) << text;
  }
  EXPECT_TRUE(is_plain_source("package main\n// import \"example.com/a\"\n"));
}

TEST(PlainSource, says_nothing_to_go_build) {
  const std::string start = "package main\n";
  for (const char* text :
       {"//go:build ignore\n\npackage main\n", "// +build ignore\n\npackage main\n",
        "//+build ignore\n\npackage main\n", "/* a */ //go:build ignore\npackage main\n",
        "//go:debug panicnil=1\npackage main\n", "\n\n  //go:build linux\npackage main\n",
        "/*\n*/\n//go:build go1.18\n\npackage main\n"}) {
    EXPECT_FALSE(is_plain_source(text)) << text;
  }
  for (const char* text :
       {"//go:embed a.txt\nvar a string\n", "//go:linkname a b\n", "//line /a.go:7\n",
        "func f() { /*line a.go:7*/ }\n", "var s = `\n//go:embed a.txt\n`\n"}) {
    EXPECT_FALSE(is_plain_source(start + text)) << text;
  }
}

TEST(PlainSource, was_seen_to_its_end) {
  std::string text = "package main\n//";
  text.resize((std::size_t{64} << 10U) - 1, 'x');
  EXPECT_TRUE(is_plain_source(text));
  text += 'x';  // as much as the host shows of a larger one
  EXPECT_FALSE(is_plain_source(text));
}

TEST(PlainPackage, lists_sources_in_the_order_of_their_names) {
  EXPECT_EQ(sources({{"main.go", kHello}}), plugin::Strings{"main.go"});
  // Package variables and init functions start in the order in which the compiler gets the files.
  EXPECT_EQ(sources({{"b.go", kHello}, {"a.go", kHello}, {"Z.go", kHello}, {"10.go", kHello}}),
            (plugin::Strings{"10.go", "Z.go", "a.go", "b.go"}));
}

TEST(PlainPackage, may_have_data_beside_it) {
  EXPECT_EQ(sources({{"in.txt", "//go:build ignore"}, {"main.go", kHello}, {"a.json", "{}"}}),
            plugin::Strings{"main.go"});
  for (const char* name : {"a.s", "a.c", "a.h", "a.syso", "go.mod", "go.work", "default.pgo",
                           "program", "data", "vendor/modules.txt", "sub/a.go", "sub/in.txt"}) {
    EXPECT_TRUE(sources({{"main.go", kHello}, {name, "x"}}).empty()) << name;
  }
}

TEST(PlainPackage, is_plain_in_every_file) {
  EXPECT_TRUE(sources({}).empty());
  EXPECT_TRUE(sources({{"main.go", ""}}).empty());
  EXPECT_TRUE(sources({{"main.go", kHello}, {"a_b.go", kHello}}).empty());
  EXPECT_TRUE(sources({{"main.go", kHello}, {"a.go", "package other\n"}}).empty());
  EXPECT_TRUE(sources({{"main.go", kHello}, {"a.go", "//go:build x\n\npackage main\n"}}).empty());
  EXPECT_TRUE(sources({{"main.go", kHello}, {"Main.go", kHello}}).empty());
  plugin::PlanRequest silent;  // a host that shows no contents
  silent.files = {"main.go"};
  EXPECT_TRUE(plain_package(silent).sources.empty());
}

TEST(PlainPackage, knows_its_imports_or_says_that_it_does_not) {
  const std::string other = "package main\n\nimport (\n\t\"os\"\n\t\"fmt\"\n)\n\nfunc f() {}\n";
  plugin::PlanRequest request;
  request.files = {"main.go", "a.go", "in.txt"};
  request.contents = {kHello, other, "import \"x\"\n"};
  EXPECT_EQ(plain_package(request).imports, (plugin::Strings{"fmt", "os"}));
  request.contents[1] = "package main\nimport `os`\nfunc f() {}\n";
  EXPECT_EQ(plain_package(request).imports, std::nullopt);
  EXPECT_EQ(plain_package(request).sources.size(), 2U);
}

}  // namespace
}  // namespace cex::plugins::go
