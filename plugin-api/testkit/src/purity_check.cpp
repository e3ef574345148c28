// SPDX-License-Identifier: Apache-2.0
#include "purity_check.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "lockdown.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CEX_TESTKIT_SANITIZED 1  // sanitizers make calls of their own
#endif

namespace cex::testkit {
namespace {

constexpr int kThreads = 8;

std::string all_answers(const Entry& entry, const std::vector<Json>& calls) {
  std::string text;
  for (const Json& what : calls) text += call(entry, what).text() + "\n";
  return text;
}

}  // namespace

void check_purity(const Entry& entry, const std::vector<Json>& calls, int last_words_fd,
                  Report& report) {
  std::mutex mutex;
  std::condition_variable start;
  bool go = false;
  std::string first;
  std::atomic<int> different{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      {
        std::unique_lock lock(mutex);
        start.wait(lock, [&] { return go; });
      }
      for (int round = 0; round < 2; ++round) {
        if (all_answers(entry, calls) != first) ++different;
      }
    });
  }
#ifndef CEX_TESTKIT_SANITIZED
  const bool locked = lock_down(last_words_fd);
#else
  static_cast<void>(last_words_fd);
  const bool locked = false;
#endif
  {
    const std::lock_guard lock(mutex);
    first = all_answers(entry, calls);
    go = true;
  }
  start.notify_all();
  for (std::thread& thread : threads) thread.join();

  if (different != 0) {
    report.fail("purity",
                "the same calls gave different records on other threads or the second time");
  } else {
    report.pass("purity",
                std::to_string(calls.size()) + " calls, twice on each of 8 threads, same bytes");
  }
  if (locked) {
    report.pass("purity", "no system call but memory and locks");
  } else {
    report.warn("purity",
                "system calls were not checked: no seccomp filters here, or a sanitizer build");
  }
}

}  // namespace cex::testkit
