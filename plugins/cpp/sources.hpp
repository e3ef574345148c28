// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <cex/plugin.hpp>

namespace cex::plugins::cpp {

/// True if what a compiler makes of the job's files follows from the files alone: none of them asks
/// for the date, or for files outside of the box by name. Files that are shown only in part count
/// as asking.
[[nodiscard]] bool is_repeatable(const plugin::PlanRequest& request);

/// The header of an `#include <HEADER>` that comes before everything else in a source but comments
/// and blank lines; empty if something else comes first, or if that cannot be told.
[[nodiscard]] std::string_view first_include(std::string_view source);

}  // namespace cex::plugins::cpp
