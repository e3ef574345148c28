// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cluster_languages.hpp"

#include <algorithm>
#include <cstdint>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/engine/probing.hpp"

namespace cex::engine {
namespace {

using cluster::AnnouncedLanguage;
using cluster::Announcement;

bool is_better(const AnnouncedLanguage& a, const AnnouncedLanguage& b) {
  if (a.toolchains.empty() != b.toolchains.empty()) return b.toolchains.empty();
  if (a.plugin.version != b.plugin.version) {
    return version_less(b.plugin.version, a.plugin.version);
  }
  return a.plugin.id < b.plugin.id;
}

bool has(const std::vector<langspec::Toolchain>& toolchains, const langspec::Toolchain& wanted) {
  return std::ranges::any_of(toolchains, [&](const langspec::Toolchain& toolchain) {
    return toolchain.id == wanted.id && toolchain.version == wanted.version;
  });
}

/// One entry a language.
std::vector<AnnouncedLanguage> merge(const std::vector<const Announcement*>& all) {
  std::map<std::string, AnnouncedLanguage> best;
  for (const Announcement* announcement : all) {
    for (const AnnouncedLanguage& language : *announcement) {
      const auto [at, is_new] = best.try_emplace(language.language.id, language);
      if (!is_new && is_better(language, at->second)) at->second = language;
    }
  }
  for (const Announcement* announcement : all) {
    for (const AnnouncedLanguage& language : *announcement) {
      AnnouncedLanguage& chosen = best.at(language.language.id);
      if (language.plugin.id != chosen.plugin.id) continue;
      for (const auto& toolchain : language.toolchains) {
        if (!has(chosen.toolchains, toolchain)) chosen.toolchains.push_back(toolchain);
      }
    }
  }
  std::vector<AnnouncedLanguage> merged;
  for (auto& [id, language] : best) merged.push_back(std::move(language));
  return merged;
}

/// The plugins behind the languages, so far as the others told of them. Those that this node has
/// too can answer questions.
std::vector<std::shared_ptr<const plugins::LoadedPlugin>> plugins_of(
    const std::vector<AnnouncedLanguage>& languages, const plugins::Registry& own) {
  std::vector<std::shared_ptr<const plugins::LoadedPlugin>> made;
  for (const AnnouncedLanguage& language : languages) {
    // One for each language: several nodes may have several versions of one plugin.
    auto plugin = std::make_shared<plugins::LoadedPlugin>();
    plugin->info = language.plugin;
    plugin->info.state = "loaded";
    plugin->info.languages = {language.language.id};
    plugin->description.languages = {language.language};
    plugin->description.options = language.options;
    for (const auto& known : own.loaded()) {
      if (known->info.id == language.plugin.id && known->info.version == language.plugin.version) {
        plugin->spec = known->spec;
      }
    }
    made.push_back(std::move(plugin));
  }
  return made;
}

}  // namespace

Announcement announcement_of(const Catalogue& catalogue) {
  Announcement announcement;
  for (const Catalogue::Offer& offer : catalogue.offers()) {
    AnnouncedLanguage language;
    language.language = *offer.language;
    for (const auto& option : offer.plugin->description.options) {
      if (option.language == offer.language->id) language.options.push_back(option);
    }
    language.toolchains = *offer.toolchains;
    language.tools = *offer.tools;
    language.reason = offer.reason;
    language.plugin = {.id = offer.plugin->info.id,
                       .version = offer.plugin->info.version,
                       .kind = offer.plugin->info.kind,
                       .state = {},
                       .reason = {},
                       .path = {},
                       .sha256 = offer.plugin->info.sha256,
                       .languages = {}};
    announcement.push_back(std::move(language));
  }
  return announcement;
}

std::vector<std::string> lanes_of(const Announcement& announcement) {
  std::vector<std::string> lanes;
  for (const AnnouncedLanguage& language : announcement) {
    for (const auto& toolchain : language.toolchains) {
      lanes.push_back(
          cluster::JobTable::lane_of(language.language.id, toolchain.id, toolchain.version));
    }
  }
  return lanes;
}

ClusterLanguages::ClusterLanguages(std::shared_ptr<ClusterLink> link, config::Config config,
                                   std::shared_ptr<const LanguageSource> own, bool works,
                                   Announce announce)
    : link_{std::move(link)},
      config_{std::move(config)},
      own_{std::move(own)},
      works_{works},
      announce_{std::move(announce)},
      own_catalogue_{own_->current()} {
  if (works_) own_words_ = announcement_of(*own_catalogue_);
  rebuild();
  refresh();
}

std::shared_ptr<const Catalogue> ClusterLanguages::current() const {
  const std::lock_guard lock{mutex_};
  return current_;
}

void ClusterLanguages::refresh() {
  const bool own = hear_own();
  const Hearing others = hear_others();
  if (own || others.changed) rebuild();
  if (others.all) settled_ = true;
}

bool ClusterLanguages::hear_own() {
  auto catalogue = own_->current();
  if (catalogue == own_catalogue_) return false;
  own_catalogue_ = std::move(catalogue);
  if (works_) own_words_ = announcement_of(*own_catalogue_);
  announce_(own_words_);
  return true;
}

// A node that is silent for a moment, or a Redis that restarts, must not make a language unknown.
ClusterLanguages::Hearing ClusterLanguages::hear_others() {
  if (!link_->client->up()) return {};
  const auto nodes = link_->nodes.nodes();
  if (!nodes) return {};
  Hearing hearing{.changed = false, .all = true};
  const auto now = std::chrono::steady_clock::now();
  for (const auto& [node, name] : *nodes) {
    if (name.empty() || node == link_->node) continue;
    const auto known = heard_.find(name);
    if (known != heard_.end()) {
      known->second.at = now;
    } else if (const auto bytes = link_->nodes.announcement(name)) {
      auto words = cluster::decode_announcement(*bytes);
      if (!words) {
        log::warning("a node's languages cannot be read",
                     {{"node", node}, {"reason", words.error().message}});
        words = Announcement{};  // until it says something else
      }
      heard_.emplace(name, Heard{*std::move(words), now});
      hearing.changed = true;
    } else {
      hearing.all = false;
    }
  }
  const auto patience = 3 * config_.queue.redis.heartbeat;
  const auto silent =
      std::erase_if(heard_, [&](const auto& entry) { return now - entry.second.at > patience; });
  hearing.changed = hearing.changed || silent > 0;
  return hearing;
}

void ClusterLanguages::rebuild() {
  std::vector<const Announcement*> all{&own_words_};
  for (const auto& [name, heard] : heard_) all.push_back(&heard.words);
  const auto languages = merge(all);
  std::vector<Catalogue::Tools> tools;
  for (const AnnouncedLanguage& language : languages) {
    tools.push_back({language.toolchains, language.tools, language.reason});
  }
  auto made = Catalogue::of(
      plugins::Registry::of(plugins_of(languages, *own_catalogue_->registry())), std::move(tools));
  log::info("languages of all workers", {{"languages", std::uint64_t{languages.size()}}});
  const std::lock_guard lock{mutex_};
  current_ = std::move(made);
}

}  // namespace cex::engine
