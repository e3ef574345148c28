// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <cex/plugin.hpp>

/// Class-data archives: classes of the JDK as they lie in memory once loaded, which a JVM maps at
/// start instead of reading, checking and laying them out anew. An archive holds no class of any
/// user and none of the training, so it fits every class path.
namespace cex::plugins::jvm {

inline constexpr std::string_view kCompilerLayer = "cds-javac";
inline constexpr std::string_view kRuntimeLayer = "cds-java";
inline constexpr std::string_view kCompilerArchive = "javac.jsa";
inline constexpr std::string_view kRuntimeArchive = "java.jsa";

/// Whether this JDK makes an archive from a list of classes (11 and newer).
[[nodiscard]] bool makes_archives(std::string_view version);

/// Arguments with which a JVM uses `archive` of `layer`, and goes on silently without it if it does
/// not fit. None while the layer is not there.
[[nodiscard]] plugin::Strings use_archive(const plugin::PlanRequest& request,
                                          std::string_view layer, std::string_view archive);

/// Arguments with which a JVM writes `archive` of the classes in `class_list` and ends.
[[nodiscard]] plugin::Strings dump_archive(std::string_view version, const std::string& class_list,
                                           const std::string& archive);

/// Whether a program that is to run with the user's arguments and limit can use the runtime
/// archive.
[[nodiscard]] bool fits_runtime_archive(const plugin::PlanRequest& request);

}  // namespace cex::plugins::jvm
