// SPDX-License-Identifier: Apache-2.0
#include "core/engine/parallel_runs.hpp"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace cex::engine {

void run_in_parallel(Permits& permits, std::size_t count,
                     const std::function<bool(std::size_t)>& one) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  const auto step = [&] {
    if (stop) return false;
    const std::size_t index = next++;
    if (index >= count) return false;
    if (!one(index)) stop = true;
    return true;
  };
  std::vector<std::jthread> helpers;
  do {
    while (next + 1 < count && !stop) {
      auto permit = permits.borrow();
      if (!permit) break;
      helpers.emplace_back([&, permit = *std::move(permit)] {
        while (!permits.wanted() && step()) {
        }
      });
    }
  } while (step());
}

}  // namespace cex::engine
