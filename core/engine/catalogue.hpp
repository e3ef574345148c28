// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/engine/ports.hpp"
#include "core/engine/probe_cache.hpp"
#include "core/langspec/plan.hpp"
#include "core/model/language_info.hpp"
#include "core/plugins/registry.hpp"

namespace cex::engine {

class Catalogue;

/// A language with one of its toolchains chosen: what a job is planned with.
struct Choice {
  std::shared_ptr<const Catalogue> catalogue;  ///< owns all of the below
  const langspec::Language* language{nullptr};
  const plugins::LoadedPlugin* plugin{nullptr};
  const langspec::Toolchain* toolchain{nullptr};
  const std::vector<std::string>* tools{nullptr};  ///< "id=executable" of the plugin's tools
};

/// Which languages can be used here, and with what. Immutable; jobs keep the one they started with.
class Catalogue : public std::enable_shared_from_this<Catalogue> {
 public:
  /// What a language can be used with.
  struct Tools {
    std::vector<langspec::Toolchain> toolchains;  ///< the default first, then newest first
    std::vector<std::string> tools;               ///< "id=executable"
    std::string reason;                           ///< where there is none
    bool operator==(const Tools&) const = default;
  };
  /// A language with all of that; borrowed from the catalogue.
  struct Offer {
    const langspec::Language* language{nullptr};
    const plugins::LoadedPlugin* plugin{nullptr};
    const std::vector<langspec::Toolchain>* toolchains{nullptr};
    const std::vector<std::string>* tools{nullptr};
    std::string reason;
  };

  /// What others found out: `tools` go with the languages of `registry`, in their order.
  [[nodiscard]] static std::shared_ptr<const Catalogue> of(
      std::shared_ptr<const plugins::Registry> registry, std::vector<Tools> tools);
  using Wanted = std::function<bool(const plugins::LoadedPlugin&)>;
  /// What probes need.
  struct Probing {
    BoxRunner& runner;
    ProbeCache& cache;
    unsigned parallel{1};
    const Wanted& wanted;
    const supervise::CancelToken& cancel;
  };

  /// Runs the probes of every plugin that is wanted in boxes, several at a time. A probe that fails
  /// makes its languages unusable with a reason, never an error. Nothing to go by once cancelled.
  [[nodiscard]] static std::shared_ptr<const Catalogue> discover(
      std::shared_ptr<const plugins::Registry> registry, const config::Config& config,
      const Probing& probing);

  /// `selector`: "*" for the default, a version or the start of one ("3.11"), or a toolchain's id.
  /// Errors: unknown_language, unknown_version (naming what there is), language_unusable.
  [[nodiscard]] Result<Choice> choose(std::string_view language, std::string_view selector) const;

  /// With the limits of `config`, which may have changed since.
  [[nodiscard]] std::vector<LanguageInfo> languages(const config::Config& config) const;
  /// Every language, by id.
  [[nodiscard]] std::vector<Offer> offers() const;
  /// Every usable language with its default toolchain.
  [[nodiscard]] std::vector<Choice> defaults() const;
  [[nodiscard]] std::vector<PluginInfo> plugins() const { return registry_->plugins(); }
  [[nodiscard]] const std::shared_ptr<const plugins::Registry>& registry() const {
    return registry_;
  }
  /// Is there nothing in it that `other` has not just so?
  [[nodiscard]] bool says_the_same_as(const Catalogue& other) const;
  /// Logs each language that is not as it was in `before`, which may be null, and those that went.
  void log_news(const Catalogue* before) const;
  [[nodiscard]] bool any_usable() const;

 private:
  using Entry = Tools;
  explicit Catalogue(std::shared_ptr<const plugins::Registry> registry)
      : registry_{std::move(registry)} {}
  [[nodiscard]] LanguageInfo describe(const plugins::Registry::Entry& entry,
                                      const config::Config& config) const;

  std::shared_ptr<const plugins::Registry> registry_;
  std::map<std::string, Entry, std::less<>> entries_;
};

/// Defaults for one language's steps: the configuration's, moved by the language's own section.
[[nodiscard]] Limits run_defaults(const config::Config& config, std::string_view language);
[[nodiscard]] Limits compile_defaults(const config::Config& config, std::string_view language);

}  // namespace cex::engine
