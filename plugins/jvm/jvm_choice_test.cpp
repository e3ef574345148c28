// SPDX-License-Identifier: Apache-2.0
#include "jvm_choice.hpp"

#include <gtest/gtest.h>

namespace cex::plugins::jvm {
namespace {

TEST(JvmChoice, makes_a_tool_of_each_release) {
  struct Case {
    const char* executable;
    const char* err;
    const char* id;  // null: not recognised
  };
  for (const Case& one :
       {Case{"/usr/lib/jvm/java-17-openjdk-amd64/bin/java",
             "openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime Environment\n", "java-17"},
        Case{"/opt/jdk8/bin/java", "java version \"1.8.0_392\"\n", "java-8"},
        Case{"/opt/jdk/bin/java", "Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version \"25\"\n",
             "java-25"},
        Case{"/opt/jdk/bin/java", "gij (GNU libgcj) version 6.5.0\n", nullptr},
        Case{"/opt/jdk6/bin/java", "java version \"1.6.0\"\n", nullptr},
        Case{"java", "openjdk version \"17\"\n", nullptr}}) {
    const auto found =
        recognise_jvm({.probe = "java", .executable = one.executable, .err = one.err});
    ASSERT_EQ(found.has_value(), one.id != nullptr) << one.err;
    if (!found) continue;
    EXPECT_EQ(found->id, one.id);
    EXPECT_TRUE(found->languages.empty());
  }
  EXPECT_FALSE(recognise_jvm(
      {.probe = "javac", .executable = "/opt/jdk/bin/java", .err = "openjdk version \"25\"\n"}));
}

TEST(JvmChoice, prefers_what_old_and_new_compilers_know) {
  const auto chosen = [](std::vector<std::string_view> tools) {
    return choose_jvm({.tools = std::move(tools)}, "Kotlin").home;
  };
  const char* java11 = "java-11=/jdk11/bin/java";
  const char* java17 = "java-17=/jdk17/bin/java";
  const char* java21 = "java-21=/jdk21/bin/java";
  const char* java24 = "java-24=/jdk24/bin/java";
  const char* java25 = "java-25=/jdk25/bin/java";
  EXPECT_EQ(chosen({java25, java21, java17, java11}), "/jdk17");
  EXPECT_EQ(chosen({java25, java21, java11}), "/jdk21");
  EXPECT_EQ(chosen({java25, java24}), "/jdk25");
  EXPECT_EQ(chosen({java11, java24}), "/jdk24");
  EXPECT_EQ(chosen({"java-8=/jdk8/bin/java"}), "/jdk8");
}

TEST(JvmChoice, says_what_is_missing) {
  EXPECT_THROW(static_cast<void>(choose_jvm({.tools = {"ld=/usr/bin/ld"}}, "Scala")),
               plugin::BadRequest);
}

}  // namespace
}  // namespace cex::plugins::jvm
