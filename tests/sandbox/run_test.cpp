// SPDX-License-Identifier: Apache-2.0

// What an honest program needs of its box.
#include <errno.h>
#include <signal.h>

#include "tests/sandbox/box_fixture.hpp"

namespace cex::test {
namespace {

TEST(Run, gives_arguments_environment_and_exit_code) {
  auto outcome = run(victim({"echo", "a b", "", "\xC3\xA9*?"}));
  EXPECT_EQ(outcome.why, WhyEnded::exited) << outcome.failure;
  EXPECT_EQ(outcome.out.bytes, "a b\n\n\xC3\xA9*?\n");
  EXPECT_EQ(outcome.exit_code, 0);
  auto plan = victim({"env"});
  plan.env = {"A=1", "B=two words"};
  EXPECT_EQ(run(plan).out.bytes, "A=1\nB=two words\n");
  EXPECT_EQ(run(victim({"exit", "42"})).exit_code, 42);
  EXPECT_EQ(run(victim({"err"})).err.bytes, "to stderr\n");
}

TEST(Run, feeds_stdin_of_any_size_and_ends_it) {
  EXPECT_EQ(run(victim({"cat"})).out.bytes, "");
  auto plan = victim({"cat"});
  plan.limits.output_bytes = 4 << 20U;
  std::string input(3 << 20U, 'i');
  input[1000] = '\0';
  const auto outcome = run(plan, {{}, input, {}});
  EXPECT_EQ(outcome.out.bytes.size(), input.size());
  EXPECT_TRUE(outcome.out.bytes == input);
  // A program that never reads is not waited for.
  EXPECT_EQ(run(victim({"exit", "0"}), {{}, input, {}}).exit_code, 0);
}

TEST(Run, tells_signals_apart_from_codes) {
  for (const int number : {SIGSEGV, SIGABRT, SIGKILL, SIGTERM, SIGXCPU}) {
    const auto outcome = run(victim({"raise", std::to_string(number)}));
    EXPECT_EQ(outcome.why, WhyEnded::exited);
    EXPECT_EQ(outcome.signal, number);
  }
}

TEST(Run, writes_files_before_and_brings_outputs_after) {
  BoxFile file;
  file.path = "in/data.txt";
  file.content = std::make_shared<const std::string>("given\n");
  auto plan = victim({"make"});
  const auto outcome = run(plan, {{file}, {}, {"*.txt", "**/*.txt"}});
  ASSERT_EQ(outcome.why, WhyEnded::exited) << outcome.failure;
  std::vector<std::string> names;
  for (const auto& output : outcome.outputs) names.push_back(output.path);
  // The link is not among them: nothing outside opens what a job has bent.
  EXPECT_EQ(names, (std::vector<std::string>{"in/data.txt", "made.txt", "sub/deep.txt"}));
  EXPECT_EQ(*outcome.outputs[1].content, "made in the box\n");
}

TEST(Run, says_when_the_program_is_not_there) {
  auto plan = victim({});
  plan.argv = {"/usr/bin/no-such-program"};
  const auto outcome = run(plan);
  EXPECT_EQ(outcome.why, WhyEnded::box_failed);
  EXPECT_EQ(outcome.exec_error, ENOENT) << outcome.failure;
}

TEST(Run, lets_a_program_use_loopback) {
  const auto outcome = run(victim({"net"}));
  EXPECT_EQ(value_of(outcome.out.bytes, "loopback"), "done");
}

}  // namespace
}  // namespace cex::test
