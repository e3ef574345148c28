// SPDX-License-Identifier: Apache-2.0
// The kit must find what it is for: one plugin a fault.
#include <string>

#include <cex/testkit/check.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::testkit {
namespace {

using ::testing::HasSubstr;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// "check: message" of every failure, a line each.
std::string failures(const char* fault) {
  CheckOptions options;
  options.folder = std::string{CEX_FAULTY_DIR} + "/" + fault;
  const Report report = check_plugin(options);
  std::string all;
  for (const Finding& finding : report.findings()) {
    if (finding.level == Finding::Level::failure)
      all += finding.check + ": " + finding.message + "\n";
  }
  return all;
}

TEST(Testkit, passes_a_plugin_without_fault) {
  EXPECT_EQ(failures("none"), "");
}

TEST(Testkit, finds_hidden_state) {
  EXPECT_THAT(failures("counts"), HasSubstr("purity: the same calls gave different records"));
}

TEST(Testkit, finds_a_system_call) {
  if (kSanitized) GTEST_SKIP() << "the lock-down is off in sanitizer builds";
  EXPECT_THAT(failures("opens"), HasSubstr("purity: made system call number"));
}

TEST(Testkit, survives_a_crash) {
  if (kSanitized) GTEST_SKIP() << "sanitizers turn the signal into an exit";
  EXPECT_THAT(failures("crashes"), HasSubstr("manners: the plugin died of Segmentation fault"));
}

TEST(Testkit, finds_a_program_that_depends_on_the_path) {
  EXPECT_THAT(failures("relative"), HasSubstr("argv[0] of step run is not an absolute path"));
}

TEST(Testkit, finds_a_manifest_that_lies) {
  EXPECT_THAT(failures("lies"), HasSubstr("language something-else is not in the manifest's list"));
  EXPECT_THAT(failures("other_id"), HasSubstr("entry: the object's id is not the manifest's"));
}

TEST(Testkit, finds_a_leaked_symbol) {
  EXPECT_THAT(failures("exports"), HasSubstr("elf: exports cex_leaked_symbol"));
}

TEST(Testkit, takes_an_exception_that_the_wrapper_caught_for_an_answer) {
  EXPECT_EQ(failures("throws"), "");
}

TEST(Testkit, says_what_is_missing) {
  EXPECT_THAT(failures("no-such"), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace cex::testkit
