// SPDX-License-Identifier: Apache-2.0

// A crash in a box starts no core handler of the host's and leaves no file. The virtual machine's
// script installs a handler that leaves a mark named after the program; elsewhere core_pattern is
// not ours to set.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/sandbox/box_fixture.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;

// Dies as the box's program does, with the limit on core dumps that is given.
void crash_outside(const char* name, rlim_t limit) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const rlimit both{limit, limit};
    ::setrlimit(RLIMIT_CORE, &both);
    ::prctl(PR_SET_DUMPABLE, 1);
    ::prctl(PR_SET_NAME, name);
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status));
}

bool appears(const fs::path& mark) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20} * time_factor();
  while (!fs::exists(mark) && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return fs::exists(mark);
}

TEST(CoreDumps, a_crash_in_a_box_starts_no_handler) {
  const char* text = std::getenv("CEX_CORE_MARKS");
  if (text == nullptr) GTEST_SKIP() << "no core handler of the test's own is installed here";
  const fs::path marks{text};
  (void)Boxes::get();
  for (const int signal : {SIGSEGV, SIGABRT, SIGQUIT}) {
    const auto outcome = run(victim({"raise", std::to_string(signal)}));
    EXPECT_EQ(outcome.signal, signal) << outcome.failure;
  }
  // Crashes afterwards whose handler has to run: 0 does not stop a piped handler, 1 does.
  crash_outside("cex-limit-one", 1);
  crash_outside("cex-limit-zero", 0);
  crash_outside("cex-limit-two", 2);
  EXPECT_TRUE(appears(marks / "cex-limit-zero"));
  EXPECT_TRUE(appears(marks / "cex-limit-two"));
  EXPECT_FALSE(fs::exists(marks / "cex-limit-one"));
  EXPECT_FALSE(fs::exists(marks / "victim"));
}

TEST(CoreDumps, a_crash_leaves_no_file) {
  auto plan = victim({"raise", std::to_string(SIGSEGV)});
  Extra extra;
  extra.outputs = {"*"};
  plan.max_output_files = 16;
  plan.max_output_files_bytes = 16 << 20U;
  const auto outcome = run(plan, extra);
  EXPECT_EQ(outcome.signal, SIGSEGV) << outcome.failure;
  for (const auto& file : outcome.outputs) EXPECT_EQ(file.path, "victim");
}

}  // namespace
}  // namespace cex::test
