// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/registry.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <set>
#include <utility>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/plugins/abi_bridge.hpp"
#include "core/plugins/declarative_spec.hpp"
#include "core/plugins/discovery.hpp"
#include "core/plugins/file_trust.hpp"
#include "core/plugins/isolated_plugin.hpp"
#include "core/plugins/manifest.hpp"

namespace cex::plugins {
namespace {

constexpr std::size_t kMaxManifest = std::size_t{1} << 20U;
constexpr std::size_t kMaxObject = std::size_t{256} << 20U;

using Candidate = std::shared_ptr<LoadedPlugin>;

/// Gate 1, as far as files go: whose they are and what they say.
Result<Hands> check_hands(const std::string& path, Isolation isolation) {
  CEX_TRY(const Hands hands, whose(path, ::geteuid()));
  if (hands == Hands::foreign && isolation == Isolation::none) {
    return fail(Errc::plugin, path +
                                  " belongs to another user than root and the service (chown root, "
                                  "or set plugins.isolation)");
  }
  return hands;
}

Result<Manifest> read_manifest(const std::string& folder, Isolation isolation,
                               LoadedPlugin& plugin) {
  const std::string path = folder + "/plugin.json";
  CEX_CHECK(check_hands(path, isolation));
  CEX_TRY(const std::string text, read_small_file(path, kMaxManifest));
  PluginInfo& info = plugin.info;
  plugin.manifest_sha256 = sha256_hex(text);
  info.sha256 = plugin.manifest_sha256;
  CEX_TRY(Manifest manifest, parse_manifest(text));
  info.id = manifest.id;
  info.version = manifest.version;
  info.kind = manifest.kind == Manifest::Kind::native ? "native" : "declarative";
  info.languages = manifest.languages;
  return manifest;
}

/// What a folder of before still holds, if its files are the same.
bool is_unchanged(const LoadedPlugin& plugin, const LoadedPlugin* before) {
  return before != nullptr && before->manifest_sha256 == plugin.manifest_sha256 &&
         before->info.sha256 == plugin.info.sha256 && before->info.isolated == plugin.info.isolated;
}

/// Reads the object of a native plugin: what was hashed, and where it is to be run.
Result<std::string> read_object(const std::string& path, const SearchOptions& options,
                                PluginInfo& info) {
  CEX_TRY(const Hands hands, check_hands(path, options.isolation));
  CEX_TRY(std::string bytes, read_small_file(path, kMaxObject));
  info.sha256 = sha256_hex(bytes);
  info.isolated = options.isolation == Isolation::all || hands == Hands::foreign;
  return bytes;
}

Result<std::shared_ptr<const langspec::LangSpec>> open_object(const std::string& path,
                                                              const std::string& bytes,
                                                              const Manifest& manifest,
                                                              const SearchOptions& options,
                                                              bool isolated) {
  if (!isolated) return open_native(path, manifest);
  if (options.plugin_host.empty()) {
    return fail(Errc::plugin, "it must have a process of its own, and cex-plugin-host is missing");
  }
  return open_isolated(bytes, manifest, options.plugin_host);
}

Result<void> open_spec(LoadedPlugin& plugin, const std::string& folder, Manifest& manifest,
                       const SearchOptions& options, const LoadedPlugin* before) {
  const bool native = manifest.kind == Manifest::Kind::native;
  const std::string object = folder + "/" + manifest.library;
  std::string bytes;
  if (native) {
    CEX_TRY(bytes, read_object(object, options, plugin.info));
  }
  if (is_unchanged(plugin, before)) {
    plugin.spec = before->spec;
    plugin.description = before->description;
    return {};
  }
  if (native) {
    CEX_TRY(plugin.spec, open_object(object, bytes, manifest, options, plugin.info.isolated));
  } else {
    plugin.spec = std::make_shared<const DeclarativeSpec>(std::move(manifest.declared));
  }
  CEX_TRY(plugin.description, plugin.spec->describe());
  return {};
}

/// A manifest is what operators read; an object that offers something else is refused.
Result<void> check_promise(const std::vector<std::string>& promised,
                           const langspec::Description& description) {
  std::set<std::string> offered;
  for (const auto& language : description.languages) {
    if (!is_language_id(language.id)) {
      return fail(Errc::plugin,
                  "describes a language with a bad id: " + printable(language.id, 40));
    }
    if (!offered.insert(language.id).second) {
      return fail(Errc::plugin, "describes language " + language.id + " twice");
    }
  }
  if (offered != std::set<std::string>{promised.begin(), promised.end()}) {
    return fail(Errc::plugin, "the manifest promises " + join(promised, ", ") +
                                  ", the plugin describes " +
                                  join({offered.begin(), offered.end()}, ", "));
  }
  return {};
}

Result<void> load_into(LoadedPlugin& plugin, const std::string& folder,
                       const SearchOptions& options, const std::vector<Candidate>& earlier,
                       const LoadedPlugin* before) {
  CEX_TRY(Manifest manifest, read_manifest(folder, options.isolation, plugin));
  const std::string& id = plugin.info.id;
  if (std::find(options.disabled.begin(), options.disabled.end(), id) != options.disabled.end()) {
    plugin.info.state = "disabled";
    plugin.info.reason = "switched off in the configuration";
    return {};
  }
  for (const Candidate& other : earlier) {
    if (other->info.id != id || other->info.state != "loaded") continue;
    plugin.info.state = "shadowed";
    plugin.info.reason = "the plugin was found before in " + other->info.path;
    return {};
  }
  CEX_CHECK(open_spec(plugin, folder, manifest, options, before));
  CEX_CHECK(check_promise(plugin.info.languages, plugin.description));
  plugin.info.state = "loaded";
  return {};
}

Candidate keep(const LoadedPlugin& before, const std::string& why) {
  auto kept = std::make_shared<LoadedPlugin>(before);
  kept->info.state = "loaded";
  kept->info.reason = "version " + before.info.version + " goes on, since " + why;
  return kept;
}

/// The server may have read its plugins with a right that it then gave up: what it cannot look at
/// any more has not gone.
bool is_out_of_sight(const LoadedPlugin& plugin) {
  struct stat status {};
  return ::stat((plugin.info.path + "/plugin.json").c_str(), &status) != 0 && errno == EACCES;
}

Candidate load_one(const std::string& folder, const SearchOptions& options,
                   const std::vector<Candidate>& earlier, const LoadedPlugin* before) {
  auto plugin = std::make_shared<LoadedPlugin>();
  plugin->info.path = folder;
  Result<void> done;
  try {
    done = load_into(*plugin, folder, options, earlier, before);
  } catch (const std::exception& problem) {  // a door: a plugin's file must not stop the service
    done = fail(Errc::plugin, std::string{"failed while loading: "} + problem.what());
  }
  if (!done) {
    plugin->spec.reset();
    plugin->info.state = "refused";
    plugin->info.reason = done.error().message;
    if (plugin->info.id.empty()) plugin->info.id = folder.substr(folder.rfind('/') + 1);
    log::warning("plugin refused", {{"path", folder}, {"reason", plugin->info.reason}});
    // Jobs lose nothing by a bad upgrade.
    if (before != nullptr) {
      return keep(*before, "the files that are there now were refused: " + plugin->info.reason);
    }
  }
  return plugin;
}

/// Who provides a language that several plugins claim: the configuration's choice, else the first.
const LoadedPlugin* provider_of(const std::string& language, const std::vector<Candidate>& all,
                                const SearchOptions& options) {
  const auto chosen = options.provider.find(language);
  const LoadedPlugin* first = nullptr;
  for (const Candidate& plugin : all) {
    const auto& offered = plugin->info.languages;
    if (plugin->info.state != "loaded" ||
        std::find(offered.begin(), offered.end(), language) == offered.end()) {
      continue;
    }
    if (chosen != options.provider.end() && chosen->second == plugin->info.id) return plugin.get();
    if (first == nullptr) first = plugin.get();
  }
  return first;
}

/// Notes what a plugin lost to others; one that lost everything is shadowed.
void note_losses(const std::vector<Candidate>& all, const SearchOptions& options) {
  std::vector<std::pair<Candidate, std::vector<std::string>>> losses;
  for (const Candidate& plugin : all) {
    if (plugin->info.state != "loaded") continue;
    std::vector<std::string> lost;
    for (const std::string& language : plugin->info.languages) {
      const LoadedPlugin* winner = provider_of(language, all, options);
      if (winner != plugin.get()) lost.push_back(language + " is provided by " + winner->info.id);
    }
    losses.emplace_back(plugin, std::move(lost));
  }
  // Only now: a state that changes in between would change who provides what.
  for (auto& [plugin, lost] : losses) {
    if (!lost.empty()) plugin->info.reason = join(lost, "; ");
    if (lost.size() == plugin->info.languages.size()) plugin->info.state = "shadowed";
  }
}

}  // namespace

const LoadedPlugin* Registry::usable_at(const std::string& folder) const {
  const auto at = std::find_if(found_.begin(), found_.end(), [&](const auto& plugin) {
    return plugin->info.path == folder && plugin->spec != nullptr;
  });
  return at == found_.end() ? nullptr : at->get();
}

std::shared_ptr<const Registry> Registry::load(const SearchOptions& options,
                                               const Registry* before) {
  auto registry = std::make_shared<Registry>();
  std::vector<Candidate> all;
  for (const std::string& folder : find_plugin_folders(options.directories)) {
    all.push_back(
        load_one(folder, options, all, before == nullptr ? nullptr : before->usable_at(folder)));
  }
  for (const auto& plugin : before == nullptr ? decltype(registry->found_){} : before->found_) {
    if (plugin->spec == nullptr || !is_out_of_sight(*plugin)) continue;
    all.push_back(keep(*plugin, "this server may not look at its files any more"));
  }
  note_losses(all, options);
  for (const Candidate& plugin : all) {
    registry->found_.push_back(plugin);
    if (plugin->info.state != "loaded") continue;
    registry->loaded_.push_back(plugin);
    for (const auto& language : plugin->description.languages) {
      if (provider_of(language.id, all, options) != plugin.get()) continue;
      registry->languages_.push_back({&language, plugin.get()});
    }
  }
  registry->index_names();
  return registry;
}

std::shared_ptr<const Registry> Registry::of(
    std::vector<std::shared_ptr<const LoadedPlugin>> plugins) {
  auto registry = std::make_shared<Registry>();
  for (auto& plugin : plugins) {
    for (const auto& language : plugin->description.languages) {
      registry->languages_.push_back({&language, plugin.get()});
    }
    registry->found_.push_back(plugin);
    registry->loaded_.push_back(std::move(plugin));
  }
  registry->index_names();
  return registry;
}

void Registry::index_names() {
  std::sort(languages_.begin(), languages_.end(),
            [](const Entry& a, const Entry& b) { return a.language->id < b.language->id; });
  for (std::size_t at = 0; at < languages_.size(); ++at) {
    by_name_.emplace(languages_[at].language->id, at);
  }
  // After all ids: an alias never hides a language.
  for (std::size_t at = 0; at < languages_.size(); ++at) {
    for (const std::string& alias : languages_[at].language->aliases) by_name_.emplace(alias, at);
  }
}

std::vector<PluginInfo> Registry::plugins() const {
  std::vector<PluginInfo> infos;
  for (const auto& plugin : found_) {
    infos.push_back(plugin->info);
    const std::string trouble = plugin->spec ? plugin->spec->trouble() : std::string{};
    if (trouble.empty()) continue;
    infos.back().state = "disabled";
    infos.back().reason = trouble;
  }
  return infos;
}

const Registry::Entry* Registry::find(std::string_view id_or_alias) const {
  const auto found = by_name_.find(id_or_alias);
  return found == by_name_.end() ? nullptr : &languages_[found->second];
}

}  // namespace cex::plugins
