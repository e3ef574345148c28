// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/result.hpp"
#include "core/langspec/plan.hpp"
#include "core/model/limits.hpp"

namespace cex::policy {

/// `limits` with what `changes` names put in its place, unchecked. For the language's own defaults,
/// which the configuration loader has held against the maximum already.
[[nodiscard]] Limits overlay(Limits limits, const LimitsRequest& changes);

/// The limits of a step: the request's where it names one, else the default. Each limit stands
/// alone: asking for more CPU time does not move the wall clock. Nothing is clamped. Errors,
/// pointing at `<pointer>/<name>`: limit_too_high with the maximum in the message; invalid_request
/// below the smallest sensible value (see kLimitFields: 1 ms, 1 MiB of memory, ...).
[[nodiscard]] Result<Limits> narrow(const Limits& defaults, const Limits& max,
                                    const LimitsRequest& request,
                                    std::string_view pointer = "/limits");

/// Raises `limits` by what the plugin says its runtime needs, never over `max` and never where the
/// request named the limit itself (a judge must not run with other limits than it asked for).
/// Threads and processes raise `processes`; the overhead is added to the memory; `tmp` is added to
/// the disk; the CPU time raises `cpu` and, as one thread needs that long, `wall`. The address
/// space is not limited, so that hint changes nothing.
[[nodiscard]] Limits raise(Limits limits, const langspec::Hints& hints, const Limits& max,
                           const LimitsRequest& asked);

}  // namespace cex::policy
