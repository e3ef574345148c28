// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <cex/plugin.hpp>

#include "jvm_common.hpp"

/// Class-data archives: classes as they lie in memory once loaded, which a JVM maps at start
/// instead of reading, checking and laying them out anew. An archive holds classes of the JDK and
/// of jars of the toolchain, none of any user and none of the training. It fits every class path
/// that begins with the one it was dumped with.
namespace cex::plugins::jvm {

/// Whether this JVM makes an archive from a list of classes (11 and newer).
[[nodiscard]] bool makes_archives(const Jvm& jvm);

/// Arguments with which a JVM uses an archive of a layer, and goes on silently without it if it
/// does not fit. None while the layer is not there.
[[nodiscard]] plugin::Strings use_archive(const plugin::PlanRequest& request, const Jvm& jvm,
                                          const Archive& archive);

/// The same for one that lies at `path`.
[[nodiscard]] plugin::Strings use_archive_at(const Jvm& jvm, const std::string& path);

/// Arguments with which a JVM writes `archive` of the classes in `class_list` and ends.
[[nodiscard]] plugin::Strings dump_archive(const Jvm& jvm, const std::string& class_list,
                                           const std::string& archive);

/// Whether a program that is to run with the user's arguments and limit can use an archive.
[[nodiscard]] bool fits_runtime_archive(const plugin::PlanRequest& request, const Jvm& jvm);

}  // namespace cex::plugins::jvm
