// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/langspec/lang_spec.hpp"
#include "core/model/language_info.hpp"

namespace cex::plugins {

/// Which shared objects get a process of their own.
enum class Isolation : std::uint8_t {
  foreign,  ///< those in other hands than root's and the service's
  all,
  none,  ///< and those in foreign hands are refused
};

struct SearchOptions {
  std::vector<std::string> directories;  ///< each holds folders with a plugin.json; first wins
  std::map<std::string, std::string> provider;  ///< language id -> plugin id, where two claim it
  std::vector<std::string> disabled;            ///< plugin ids
  Isolation isolation{Isolation::foreign};
  std::string plugin_host;  ///< the program cex-plugin-host; empty: there is none
};

/// A plugin that is loaded: its records, read once, and the object that answers further questions.
struct LoadedPlugin {
  PluginInfo info;
  langspec::Description description;
  std::shared_ptr<const langspec::LangSpec> spec;
  std::string manifest_sha256;
};

/// An immutable snapshot of all plugins found. Jobs keep the snapshot they started with; the shared
/// objects close when the last job lets go. Loading never fails as a whole: a plugin that is
/// refused stands in plugins() with its reason.
class Registry {
 public:
  /// `before`: an earlier snapshot, or null. A plugin whose files are those of then is taken over
  /// as it is; one whose newer files are refused goes on with the old ones, and says so.
  [[nodiscard]] static std::shared_ptr<const Registry> load(const SearchOptions& options,
                                                            const Registry* before = nullptr);

  /// Of plugins that somebody else has loaded; no two may offer one language.
  [[nodiscard]] static std::shared_ptr<const Registry> of(
      std::vector<std::shared_ptr<const LoadedPlugin>> plugins);

  struct Entry {
    const langspec::Language* language;
    const LoadedPlugin* plugin;
  };

  /// By id or alias; null if no loaded plugin offers it.
  [[nodiscard]] const Entry* find(std::string_view id_or_alias) const;
  /// All languages, by id, shadowed ones left out.
  [[nodiscard]] const std::vector<Entry>& languages() const { return languages_; }
  [[nodiscard]] const std::vector<std::shared_ptr<const LoadedPlugin>>& loaded() const {
    return loaded_;
  }
  /// Every plugin found, loaded or not, in search order, as they are now: one that failed too often
  /// is disabled.
  [[nodiscard]] std::vector<PluginInfo> plugins() const;

 private:
  void index_names();
  [[nodiscard]] const LoadedPlugin* usable_at(const std::string& folder) const;

  std::vector<std::shared_ptr<const LoadedPlugin>> loaded_;
  std::vector<Entry> languages_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::vector<std::shared_ptr<const LoadedPlugin>> found_;
};

}  // namespace cex::plugins
