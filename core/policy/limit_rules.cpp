// SPDX-License-Identifier: Apache-2.0
#include "core/policy/limit_rules.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

#include "core/model/limit_fields.hpp"

namespace cex::policy {
namespace {

/// `value` as a client would write it: 1500 of "cpus" is 1.5.
std::string shown(const LimitField& field, std::uint64_t value) {
  if (!is_milli(field)) return std::to_string(value);
  std::string decimals = std::to_string(1000 + value % 1000).substr(1);
  while (decimals.ends_with('0')) decimals.pop_back();
  const std::string whole = std::to_string(value / 1000);
  return decimals.empty() ? whole : whole + "." + decimals;
}

/// value + more, but not above `max` (which may be below value already) and without overflow.
std::uint64_t raised(std::uint64_t value, std::uint64_t more, std::uint64_t max) {
  if (value >= max) return value;
  return more > max - value ? max : value + more;
}

}  // namespace

Limits overlay(Limits limits, const LimitsRequest& changes) {
  for (const LimitField& field : kLimitFields) {
    if (const auto value = field.asked(changes)) field.set(limits, *value);
  }
  return limits;
}

Result<Limits> narrow(const Limits& defaults, const Limits& max, const LimitsRequest& request,
                      std::string_view pointer) {
  for (const LimitField& field : kLimitFields) {
    const auto value = field.asked(request);
    if (!value) continue;
    const std::string name{field.name};
    const std::string at = std::string{pointer} + "/" + name;
    if (*value > field.get(max)) {
      return fail_at(Errc::limit_too_high, at,
                     name + " is above the maximum of " + shown(field, field.get(max)));
    }
    if (*value < field.minimum) {
      return fail_at(Errc::invalid_request, at,
                     name + " must be at least " + shown(field, field.minimum));
    }
  }
  return overlay(defaults, request);
}

Limits raise(Limits limits, const langspec::Hints& hints, const Limits& max,
             const LimitsRequest& asked) {
  const std::uint64_t wanted = std::uint64_t{hints.threads} + hints.processes;
  if (!asked.processes && wanted > limits.processes) {
    limits.processes = static_cast<std::uint32_t>(
        std::max<std::uint64_t>(limits.processes, std::min<std::uint64_t>(wanted, max.processes)));
  }
  if (!asked.memory_bytes) {
    limits.memory_bytes =
        raised(limits.memory_bytes, hints.overhead_memory_bytes, max.memory_bytes);
  }
  if (!asked.disk_bytes) {
    limits.disk_bytes = raised(limits.disk_bytes, hints.tmp_bytes, max.disk_bytes);
  }
  const std::chrono::milliseconds cpu{std::min<std::uint64_t>(hints.cpu_ms, 86'400'000)};
  if (!asked.cpu) limits.cpu = std::max(limits.cpu, std::min(cpu, max.cpu));
  if (!asked.wall) limits.wall = std::max(limits.wall, std::min(cpu, max.wall));
  return limits;
}

}  // namespace cex::policy
