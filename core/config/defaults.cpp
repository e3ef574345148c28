// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <thread>

#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/config/config.hpp"

namespace cex::config {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;

// A container sees its own group, with its limit, at the mount point.
std::uint64_t container_memory() {
  std::uint64_t least = UINT64_MAX;
  for (const char* file :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    least = std::min(least, parse_u64(trim(read_text_file(file))).value_or(UINT64_MAX));
  }
  return least;
}

std::uint64_t physical_memory() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long size = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || size <= 0) return 1024 * kMiB;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size);
}

}  // namespace

Config defaults() {
  using std::chrono::milliseconds;
  const auto cpus = std::max(1U, std::thread::hardware_concurrency());
  const std::uint64_t memory = std::min(physical_memory(), container_memory());
  const std::uint64_t half_of_memory = memory / 2;

  Config config;
  config.sandbox.spare_slots = cpus;
  config.sandbox.memory_reserve_bytes = std::min(256 * kMiB, memory / 4);
  config.warm_up.preboots = std::min(4 * cpus, 64U);
  config.warm_up.preboots_max_bytes = std::min(1024 * kMiB, memory / 16);
  config.run.defaults = Limits{};
  config.run.max = Limits{.wall = milliseconds{60'000},
                          .cpu = milliseconds{60'000},
                          .memory_bytes = std::min(2048 * kMiB, half_of_memory),
                          .stack_bytes = 512 * kMiB,
                          .processes = 512,
                          .open_files = 4096,
                          .file_size_bytes = 512 * kMiB,
                          .disk_bytes = 512 * kMiB,
                          .output_bytes = 16 * kMiB,
                          .cpus_milli = cpus * 1000};
  // Generous, since a cold Go build compiles its standard library: 10 s on two idle cores.
  config.compile.defaults = Limits{.wall = milliseconds{60'000},
                                   .cpu = milliseconds{60'000},
                                   .memory_bytes = std::min(1024 * kMiB, half_of_memory),
                                   .stack_bytes = 64 * kMiB,
                                   .processes = 256,
                                   .open_files = 1024,
                                   .file_size_bytes = 128 * kMiB,
                                   .disk_bytes = 256 * kMiB,
                                   .output_bytes = kMiB,
                                   .cpus_milli = cpus * 1000};
  config.compile.max = Limits{.wall = milliseconds{120'000},
                              .cpu = milliseconds{120'000},
                              .memory_bytes = std::min(4096 * kMiB, half_of_memory),
                              .stack_bytes = 512 * kMiB,
                              .processes = 1024,
                              .open_files = 4096,
                              .file_size_bytes = 1024 * kMiB,
                              .disk_bytes = 1024 * kMiB,
                              .output_bytes = 16 * kMiB,
                              .cpus_milli = cpus * 1000};
  return config;
}

}  // namespace cex::config
