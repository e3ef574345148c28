// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/waiting.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "cli/interrupt.hpp"

namespace cex::cli {

bool pause_for(std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kLook{50};
  const auto end = std::chrono::steady_clock::now() + time;
  while (interrupted() == 0) {
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= left.zero()) return true;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, kLook));
  }
  return false;
}

bool is_screen() {
  return ::isatty(STDOUT_FILENO) == 1;
}

bool has_colours() {
  const char* no = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): one thread
  return is_screen() && (no == nullptr || *no == '\0');
}

}  // namespace cex::cli
