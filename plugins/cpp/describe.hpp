// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cex/plugin.hpp>

namespace cex::plugins::cpp {

/// Languages, options and probes.
void describe_all(plugin::Describe& describe);

/// Ways to call the compilers when looking for them; also the ids of the probes.
inline constexpr const char* kGccProbe = "gcc";
inline constexpr const char* kGxxProbe = "g++";
inline constexpr const char* kClangProbe = "clang";
inline constexpr const char* kMoldProbe = "mold";  ///< a linker

}  // namespace cex::plugins::cpp
