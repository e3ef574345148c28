// SPDX-License-Identifier: Apache-2.0
#include "sources.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cex::plugins::cpp {
namespace {

TEST(FirstInclude, is_found_behind_blanks_and_comments) {
  EXPECT_EQ(first_include("#include <iostream>\nint x;"), "iostream");
  EXPECT_EQ(first_include(" \r\n// a\n/* b\n * c */  #  include\t<bits/stdc++.h>\n"),
            "bits/stdc++.h");
  EXPECT_EQ(first_include("/* \\ */#include <vector>"), "vector");
}

TEST(FirstInclude, is_none_where_anything_else_comes_first_or_may) {
  for (const char* source :
       {"", "#define X\n#include <iostream>", "#pragma once\n#include <iostream>",
        "#include \"iostream\"", "#include <iostream", "#include <io\nstream>", "int x;",
        "#include_next <iostream>", "// on and on \\\n#include <iostream>\n#include <vector>",
        "/* never ends #include <iostream>", "#import <iostream>", "?\?=include <iostream>",
        "#if 1\n#include <iostream>\n#endif", "# /**/ include <iostream>", "#include/**/<iostream>",
        "\xEF\xBB\xBF#include <iostream>"}) {
    EXPECT_EQ(first_include(source), "") << source;
  }
}

bool repeatable(const std::string& content) {
  plugin::PlanRequest request;
  request.files = {"main.cpp"};
  request.contents = {content};
  return is_repeatable(request);
}

TEST(Repeatable, is_what_asks_for_nothing_but_its_files) {
  EXPECT_TRUE(repeatable("#include <iostream>\n#include \"a/b.hpp\"\nint main() {}"));
  for (const char* source :
       {"auto a = __DATE__;", "auto a = __TIME__;", "auto a = __TIMESTAMP__;",
        "#include \"/usr/include/stdio.h\"", "#include </tmp/x>", "#include \"../x\"",
        "#if __has_include(<x>)", "#embed <x>", "asm(\".incbin \\\"x\\\"\");"}) {
    EXPECT_FALSE(repeatable(source)) << source;
  }
}

TEST(Repeatable, is_not_what_is_not_seen_whole) {
  EXPECT_FALSE(repeatable(std::string(64 * 1024, ' ')));
  plugin::PlanRequest request;
  request.files = {"main.cpp"};
  EXPECT_FALSE(is_repeatable(request)) << "an old host shows no contents";
}

}  // namespace
}  // namespace cex::plugins::cpp
