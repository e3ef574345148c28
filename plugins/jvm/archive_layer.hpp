// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <cex/plugin.hpp>

#include "jvm_common.hpp"

namespace cex::plugins::jvm {

/// How an archive comes to be that begins with the jars of a toolchain.
struct ArchiveRecipe {
  Archive archive{};
  plugin::Strings flags{};         ///< of the JVM, as its jobs have them
  std::string class_path{};        ///< the jars; that of its jobs begins with it
  std::string training_classes{};  ///< a folder behind the jars, for the training alone
  plugin::Strings program{};       ///< the training's main class and its arguments
};

/// A layer with one archive of this JVM; `inputs` are the jars that it holds classes of.
[[nodiscard]] plugin::Layer archive_layer(const Jvm& jvm, const Archive& archive,
                                          plugin::Strings inputs, std::uint64_t max_bytes);

/// A step that fills a layer.
[[nodiscard]] plugin::Step layer_step(const plugin::PlanRequest& request, std::string_view layer,
                                      std::string name, plugin::Strings outputs);

/// A step that compiles the training: a compiler's command behind its class path.
[[nodiscard]] plugin::Step compile_training(const plugin::PlanRequest& request, const Jvm& jvm,
                                            std::string_view layer, const std::string& class_path,
                                            const plugin::Strings& command,
                                            plugin::Strings outputs);

/// Flags of a JVM that notes the classes it loads.
[[nodiscard]] plugin::Strings listing(const plugin::PlanRequest& request, const std::string& list);

/// Adds the steps that make the archive: a training that notes which classes it takes, the dump of
/// those, and a start that fails unless the JVM takes the archive.
void add_archive_steps(const plugin::PlanRequest& request, const Jvm& jvm,
                       const ArchiveRecipe& recipe, plugin::Plan& plan);

}  // namespace cex::plugins::jvm
