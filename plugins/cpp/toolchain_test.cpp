// SPDX-License-Identifier: Apache-2.0
#include "toolchain.hpp"

#include <gtest/gtest.h>

namespace cex::plugins::cpp {
namespace {

struct Case {
  const char* probe;
  const char* executable;
  const char* out;
  const char* id;  // null: not recognised
  const char* version;
};

TEST(CppToolchain, recognises_what_the_compilers_print) {
  const Case table[] = {
      {"gcc", "/usr/bin/x86_64-linux-gnu-gcc-12",
       "gcc (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright (C) 2022 Free Software Foundation, Inc.\n",
       "gcc-12", "12.2.0"},
      {"g++", "/usr/bin/x86_64-linux-gnu-g++-13",
       "g++ (Ubuntu 13.2.0-23ubuntu4) 13.2.0\nCopyright (C) 2023 Free Software Foundation, Inc.\n",
       "g++-13", "13.2.0"},
      {"gcc", "/usr/bin/gcc",
       "gcc (GCC) 14.2.1 20240910 (Red Hat 14.2.1-2)\nFree Software Foundation", "gcc-14",
       "14.2.1"},
      {"clang", "/usr/lib/llvm-14/bin/clang",
       "Debian clang version 14.0.6\nTarget: x86_64-pc-linux-gnu\n", "clang-14", "14.0.6"},
      {"clang", "/opt/llvm/bin/clang", "clang version 19.1.0 (https://example.org 123)\n",
       "clang-19", "19.1.0"},
      {"gcc", "/usr/bin/gcc", "Apple clang version 15.0.0\n", nullptr, ""},
      {"gcc", "/usr/bin/gcc", "", nullptr, ""},
      {"gcc", "/usr/bin/gcc", "gcc (x) Free Software Foundation", nullptr, ""},
  };
  for (const Case& one : table) {
    const auto found =
        recognise({.probe = one.probe, .executable = one.executable, .out = one.out});
    ASSERT_EQ(found.has_value(), one.id != nullptr) << one.out;
    if (!found) continue;
    EXPECT_EQ(found->id, one.id);
    EXPECT_EQ(found->version, one.version);
  }
}

TEST(CppToolchain, takes_no_answer_from_a_failed_probe) {
  EXPECT_FALSE(recognise({.probe = "clang", .exit_code = 1, .out = "clang version 14.0.6"}));
}

TEST(CppToolchain, serves_one_language_by_gcc_and_both_by_clang) {
  const auto gcc = recognise({.probe = "gcc", .out = "gcc (D) 12.2.0\nFree Software Foundation"});
  const auto clang = recognise({.probe = "clang", .out = "clang version 14.0.6"});
  EXPECT_EQ(gcc->languages, plugin::Strings{"c"});
  EXPECT_EQ(clang->languages, (plugin::Strings{"c", "cpp"}));
}

TEST(CppToolchain, asks_for_the_folder_of_a_compiler_outside_the_base_system) {
  const auto paths = [](const char* executable) {
    return recognise({.probe = "clang", .executable = executable, .out = "clang version 14.0.6"})
        ->read_only_paths;
  };
  EXPECT_TRUE(paths("/usr/lib/llvm-14/bin/clang").empty());
  EXPECT_TRUE(paths("/usr/bin/clang").empty());
  EXPECT_EQ(paths("/opt/llvm-19/bin/clang-19"), plugin::Strings{"/opt/llvm-19"});
}

}  // namespace
}  // namespace cex::plugins::cpp
