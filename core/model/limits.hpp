// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace cex {

/// What one step may use. Every field is a real limit: there is no "unlimited".
struct Limits {
  std::chrono::milliseconds wall{10'000};
  std::chrono::milliseconds cpu{5'000};
  std::uint64_t memory_bytes{std::uint64_t{256} << 20U};
  std::uint64_t stack_bytes{std::uint64_t{64} << 20U};
  std::uint32_t processes{128};  ///< processes and threads together
  std::uint32_t open_files{1024};
  std::uint64_t file_size_bytes{std::uint64_t{64} << 20U};
  std::uint64_t disk_bytes{std::uint64_t{64} << 20U};   ///< work folder, /tmp and /dev/shm together
  std::uint64_t output_bytes{std::uint64_t{1} << 20U};  ///< stdout and stderr, each
  std::uint32_t cpus_milli{1000};                       ///< 1000 = one CPU

  friend bool operator==(const Limits&, const Limits&) = default;
};

/// What a request says about limits; absent fields take the language's default.
struct LimitsRequest {
  std::optional<std::chrono::milliseconds> wall;
  std::optional<std::chrono::milliseconds> cpu;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::uint64_t> stack_bytes;
  std::optional<std::uint32_t> processes;
  std::optional<std::uint32_t> open_files;
  std::optional<std::uint64_t> file_size_bytes;
  std::optional<std::uint64_t> disk_bytes;
  std::optional<std::uint64_t> output_bytes;
  std::optional<std::uint32_t> cpus_milli;

  friend bool operator==(const LimitsRequest&, const LimitsRequest&) = default;
};

}  // namespace cex
