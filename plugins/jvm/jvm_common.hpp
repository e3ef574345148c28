// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <cex/plugin.hpp>

namespace cex::plugins::jvm {

/// Appends `more`.
inline void add(plugin::Strings& to, const plugin::Strings& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// Flags of the JVM as javac and its like take them: with "-J" in front.
[[nodiscard]] plugin::Strings for_launcher(plugin::Strings flags);

/// Home of a JDK: "/usr/lib/jvm/java-17-openjdk-amd64" for ".../bin/javac".
[[nodiscard]] std::string home_of(std::string_view tool);

/// Paths a JDK needs in the box; Debian keeps the configuration of its JDKs below /etc.
[[nodiscard]] plugin::Strings read_only_paths(const std::string& home);

/// Arguments that a user may pass to `java` in every language of the family.
[[nodiscard]] plugin::Strings runtime_arguments();

/// Bytes of "-Xmx512m" and its like; empty when the text is no size.
[[nodiscard]] std::optional<std::uint64_t> heap_bytes(std::string_view argument,
                                                      std::string_view flag);

/// "-XX:+UseG1GC" and its like.
[[nodiscard]] bool chooses_collector(std::string_view argument);

/// Flags of a JVM that runs a compiler with this much memory.
[[nodiscard]] plugin::Strings compiler_flags(std::uint64_t memory_bytes);

/// A step that starts `main_class` with `class_path`, the user's flags checked against the limit.
/// Throws BadRequest when -Xmx is above the memory limit.
[[nodiscard]] plugin::Step run_step(const plugin::PlanRequest& request, const std::string& home,
                                    const std::string& class_path, const std::string& main_class);

/// Hints that every JVM process shares: it maps far more than it touches and starts many threads.
[[nodiscard]] plugin::Hints hints(const plugin::PlanRequest& request);

}  // namespace cex::plugins::jvm
