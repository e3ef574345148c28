// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/model/limits.hpp"

namespace cex {

/// One field of Limits and of LimitsRequest, seen by name: what checks, configuration and printing
/// walk over, so that a new limit is listed once.
struct LimitField {
  std::string_view name;  ///< the API's word
  /// Smallest value that makes sense, in the field's unit (ms, bytes, count, 1/1000 CPU).
  std::uint64_t minimum;
  std::uint64_t (*get)(const Limits&);
  void (*set)(Limits&, std::uint64_t);
  std::optional<std::uint64_t> (*asked)(const LimitsRequest&);
  void (*ask)(LimitsRequest&, std::uint64_t);
};

namespace limit_detail {

template <class T>
constexpr std::uint64_t to_number(T value) {
  if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
    // A negative duration is no limit at all: it reads as 0, which every minimum refuses.
    return value.count() < 0 ? 0 : static_cast<std::uint64_t>(value.count());
  } else {
    return value;
  }
}

template <auto Member, auto Asked>
constexpr LimitField field(std::string_view name, std::uint64_t minimum) {
  using T = std::remove_cvref_t<decltype(std::declval<Limits>().*Member)>;
  return {
      name,
      minimum,
      [](const Limits& limits) { return to_number(limits.*Member); },
      [](Limits& limits, std::uint64_t value) { limits.*Member = static_cast<T>(value); },
      [](const LimitsRequest& request) -> std::optional<std::uint64_t> {
        if (!(request.*Asked)) return std::nullopt;
        return to_number(*(request.*Asked));
      },
      [](LimitsRequest& request, std::uint64_t value) { request.*Asked = static_cast<T>(value); }};
}

}  // namespace limit_detail

inline constexpr std::array<LimitField, 10> kLimitFields{{
    limit_detail::field<&Limits::wall, &LimitsRequest::wall>("wall_ms", 1),
    limit_detail::field<&Limits::cpu, &LimitsRequest::cpu>("cpu_ms", 1),
    limit_detail::field<&Limits::memory_bytes, &LimitsRequest::memory_bytes>("memory_bytes",
                                                                             1U << 20U),
    limit_detail::field<&Limits::stack_bytes, &LimitsRequest::stack_bytes>("stack_bytes",
                                                                           64U << 10U),
    limit_detail::field<&Limits::processes, &LimitsRequest::processes>("processes", 1),
    limit_detail::field<&Limits::open_files, &LimitsRequest::open_files>("open_files", 4),
    limit_detail::field<&Limits::file_size_bytes, &LimitsRequest::file_size_bytes>(
        "file_size_bytes", 1),
    limit_detail::field<&Limits::disk_bytes, &LimitsRequest::disk_bytes>("disk_bytes", 64U << 10U),
    limit_detail::field<&Limits::output_bytes, &LimitsRequest::output_bytes>("output_bytes", 1),
    limit_detail::field<&Limits::cpus_milli, &LimitsRequest::cpus_milli>("cpus", 10),
}};

/// True if the field counts 1/1000 of its unit and is shown as a decimal ("cpus": 1.5).
[[nodiscard]] constexpr bool is_milli(const LimitField& field) {
  return field.name == "cpus";
}

}  // namespace cex
