// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <cex/plugin.hpp>

namespace cex::plugins::jvm {

/// A Java virtual machine: "/usr/lib/jvm/java-17-openjdk-amd64" and "17.0.15", or just "17".
struct Jvm {
  std::string home;
  std::string version;

  [[nodiscard]] std::string launcher() const { return home + "/bin/java"; }
  [[nodiscard]] std::uint32_t release() const;
};

/// A class-data archive: the layer that holds it, and its name there.
struct Archive {
  std::string_view layer;
  std::string_view file;
};

/// What a JVM is to run.
struct Program {
  plugin::Strings flags{};  ///< of the JVM, besides those that every program gets
  std::string class_path{};
  std::string main_class{};
  Archive archive{};            ///< made with the beginning of the class path
  std::string jar{};            ///< instead of a class path and a class; no archive is for it
  plugin::Strings arguments{};  ///< before the job's
};

/// Appends `more`.
inline void add(plugin::Strings& to, const plugin::Strings& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// Flags of the JVM as javac and its like take them: with "-J" in front.
[[nodiscard]] plugin::Strings for_launcher(plugin::Strings flags);

/// Home of a tool: "/usr/lib/jvm/java-17-openjdk-amd64" for ".../bin/javac".
[[nodiscard]] std::string home_of(std::string_view tool);

/// Paths a JDK needs in the box; Debian keeps the configuration of its JDKs below /etc.
[[nodiscard]] plugin::Strings read_only_paths(const std::string& home);

/// Arguments that a user may pass to `java` in every language of the family.
[[nodiscard]] plugin::Strings runtime_arguments();

/// The option of a language that lists them.
[[nodiscard]] plugin::Option runtime_option(std::string_view language);

/// Bytes of "-Xmx512m" and its like; empty when the text is no size.
[[nodiscard]] std::optional<std::uint64_t> heap_bytes(std::string_view argument,
                                                      std::string_view flag);

/// "-XX:+UseG1GC" and its like.
[[nodiscard]] bool chooses_collector(std::string_view argument);

/// Flags of a JVM that runs a compiler with this much memory.
[[nodiscard]] plugin::Strings compiler_flags(std::uint64_t memory_bytes);

/// The sources of a language among the request's files, as arguments: the entry file first if it is
/// one of them. Throws BadRequest when there is none.
[[nodiscard]] plugin::Strings sources(const plugin::PlanRequest& request,
                                      const plugin::Strings& extensions, std::string_view name);

/// A compiler with a home of its own, by the version that it says behind `words` on either stream;
/// it is named after the language: "kotlin-1.9.22", "Kotlin 1.9.22". Empty where it says none.
[[nodiscard]] std::optional<plugin::Toolchain> recognise_at_home(const plugin::ProbeOutput& output,
                                                                 std::string_view language,
                                                                 std::string_view name,
                                                                 std::string_view words);

/// A step of this name that runs a compiler from `class_path`, with an archive of a layer where
/// that is there. The main class and its arguments are to be added.
[[nodiscard]] plugin::Step compiler_step(const plugin::PlanRequest& request, const Jvm& jvm,
                                         std::string name, const Archive& archive,
                                         const std::string& class_path);

/// A step that starts `program`, the user's flags checked against the limit.
/// Throws BadRequest when -Xmx is above the memory limit.
[[nodiscard]] plugin::Step run_step(const plugin::PlanRequest& request, const Jvm& jvm,
                                    const Program& program);

/// Hints that every JVM process shares: it maps far more than it touches and starts many threads.
[[nodiscard]] plugin::Hints hints(const plugin::PlanRequest& request);

}  // namespace cex::plugins::jvm
