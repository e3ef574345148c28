// SPDX-License-Identifier: Apache-2.0
#include "class_archive.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace cex::plugins::jvm {
namespace {

constexpr Archive kArchive{"cds-java", "java.jsa"};
const Jvm kJdk17{"/jdk", "17.0.15"};

plugin::PlanRequest request() {
  return {.phase = plugin::Phase::run, .memory_bytes = 256U << 20U};
}

bool has(const plugin::Strings& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

TEST(ClassArchive, is_named_only_where_its_layer_lies) {
  auto asked = request();
  EXPECT_TRUE(use_archive(asked, kJdk17, kArchive).empty());
  asked.layers = {"cds-javac=/layers/1", "cds-java=/layers/2"};
  EXPECT_EQ(use_archive(asked, kJdk17, kArchive),
            (plugin::Strings{"-XX:SharedArchiveFile=/layers/2/java.jsa", "-Xlog:cds*=off"}));
}

TEST(ClassArchive, is_used_with_no_flag_that_a_release_does_not_know) {
  struct Case {
    const char* version;
    bool made;    // at all
    bool linked;  // -XX:+AOTClassLinking
    bool aot;     // messages are tagged "aot" too
  };
  for (const Case& one : {Case{"8.0", false, false, false}, Case{"11.0.2", true, false, false},
                          Case{"17.0.15", true, false, false}, Case{"21.0.1", true, false, false},
                          Case{"24", true, true, false}, Case{"25.0.3", true, true, true}}) {
    const Jvm jvm{"/jdk", one.version};
    EXPECT_EQ(makes_archives(jvm), one.made) << one.version;
    EXPECT_EQ(fits_runtime_archive(request(), jvm), one.made) << one.version;
    EXPECT_EQ(has(dump_archive(jvm, "list", "archive"), "-XX:+AOTClassLinking"), one.linked)
        << one.version;
    auto asked = request();
    asked.layers = {"cds-java=/l"};
    EXPECT_EQ(has(use_archive(asked, jvm, kArchive), "-Xlog:cds*=off,aot*=off"), one.aot)
        << one.version;
  }
}

TEST(ClassArchive, is_left_out_where_the_users_arguments_do_not_fit_it) {
  struct Case {
    const char* argument;
    bool fits;
  };
  for (const Case& one :
       {Case{"-XX:+UseSerialGC", true}, Case{"-XX:+UseG1GC", false}, Case{"-XX:+UseZGC", false},
        Case{"-Xms8m", false}, Case{"-Xmn7m", false}, Case{"-Xmx2m", false}, Case{"-Xmx15m", false},
        Case{"-Xmx16m", true}, Case{"-Xmx31g", true}, Case{"-Xmx32g", false}, Case{"-Xss4m", true},
        Case{"-Xlog:gc", true}, Case{"-XX:+UseStringDeduplication", true}}) {
    auto asked = request();
    asked.runtime_args = {"-ea", one.argument};
    EXPECT_EQ(fits_runtime_archive(asked, kJdk17), one.fits) << one.argument;
  }
}

TEST(ClassArchive, is_left_out_where_the_limit_gives_too_little_or_too_large_a_heap) {
  auto asked = request();
  for (const auto& [bytes, fits] : {std::pair<std::uint64_t, bool>{0, true},
                                    {8ULL << 20U, false},
                                    {16ULL << 20U, true},
                                    {32ULL << 30U, false}}) {
    asked.memory_bytes = bytes;
    EXPECT_EQ(fits_runtime_archive(asked, kJdk17), fits) << bytes;
  }
  asked.runtime_args = {"-Xmx512m"};  // the last word, whatever the limit
  EXPECT_TRUE(fits_runtime_archive(asked, kJdk17));
}

}  // namespace
}  // namespace cex::plugins::jvm
