// SPDX-License-Identifier: Apache-2.0
#include "core/engine/catalogue.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/engine/probing.hpp"
#include "core/policy/limit_rules.hpp"
#include "core/policy/option_rules.hpp"

namespace cex::engine {
namespace {

bool selects(std::string_view selector, const langspec::Toolchain& toolchain) {
  if (selector == "*" || selector == toolchain.id || selector == toolchain.label) return true;
  const std::string_view version = toolchain.version;
  return version == selector ||
         (version.size() > selector.size() && !selector.empty() &&
          version.substr(0, selector.size()) == selector && version[selector.size()] == '.');
}

std::string probed_names(const langspec::Description& description) {
  std::vector<std::string> names;
  for (const auto& probe : description.probes) {
    if (!probe.candidates.empty()) names.push_back(probe.candidates.front());
  }
  return join(names, ", ");
}

// Earlier probes are the plugin's first choice (gcc before clang), within one the newest leads.
void sort_toolchains(std::vector<FoundToolchain>& found) {
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    if (a.probe_order != b.probe_order) return a.probe_order < b.probe_order;
    return version_less(b.toolchain.version, a.toolchain.version);
  });
}

}  // namespace

std::shared_ptr<const Catalogue> Catalogue::discover(
    std::shared_ptr<const plugins::Registry> registry, const config::Config& config,
    const Probing& probing) {
  const std::shared_ptr<Catalogue> catalogue{new Catalogue{std::move(registry)}};
  const auto& loaded = catalogue->registry_->loaded();
  std::vector<std::vector<FoundToolchain>> found(loaded.size());
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::max(1U, probing.parallel); ++i) {
      threads.emplace_back([&] {
        for (std::size_t at = next++; at < loaded.size(); at = next++) {
          if (!probing.wanted(*loaded[at])) continue;
          found[at] = run_probes(*loaded[at], config.sandbox.toolchain_roots, probing.runner,
                                 probing.cache, probing.cancel);
        }
      });
    }
  }
  for (const auto& entry : catalogue->registry_->languages()) {
    const auto at = std::find_if(loaded.begin(), loaded.end(),
                                 [&](const auto& plugin) { return plugin.get() == entry.plugin; });
    auto candidates = found[static_cast<std::size_t>(at - loaded.begin())];
    sort_toolchains(candidates);
    Entry& made = catalogue->entries_[entry.language->id];
    for (auto& candidate : candidates) {
      const auto& languages = candidate.toolchain.languages;
      if (std::find(languages.begin(), languages.end(), entry.language->id) != languages.end()) {
        made.toolchains.push_back(candidate.toolchain);
      } else if (languages.empty()) {
        made.tools.push_back(candidate.toolchain.id + "=" + candidate.toolchain.executable);
      }
    }
    const auto settings = config.languages.find(entry.language->id);
    if (settings != config.languages.end() && !settings->second.enabled) {
      made.toolchains.clear();
      made.reason = "switched off in the configuration";
    } else if (made.toolchains.empty()) {
      made.reason = probing.wanted(*entry.plugin)
                        ? "toolchain not found: " + probed_names(entry.plugin->description)
                        : "its toolchain was not looked for";
    }
  }
  probing.cache.save();
  return catalogue;
}

std::shared_ptr<const Catalogue> Catalogue::of(std::shared_ptr<const plugins::Registry> registry,
                                               std::vector<Tools> tools) {
  const std::shared_ptr<Catalogue> catalogue{new Catalogue{std::move(registry)}};
  const auto& languages = catalogue->registry_->languages();
  for (std::size_t i = 0; i < languages.size(); ++i) {
    catalogue->entries_[languages[i].language->id] =
        i < tools.size() ? std::move(tools[i]) : Tools{};
  }
  return catalogue;
}

bool Catalogue::says_the_same_as(const Catalogue& other) const {
  const auto& mine = registry_->languages();
  const auto& theirs = other.registry_->languages();
  const auto same_plugin = [](const auto& a, const auto& b) {
    return a.language->id == b.language->id && a.plugin->spec == b.plugin->spec;
  };
  return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end(), same_plugin) &&
         entries_ == other.entries_ && plugins() == other.plugins();
}

void Catalogue::log_news(const Catalogue* before) const {
  for (const auto& [id, entry] : entries_) {
    if (before != nullptr) {
      const auto was = before->entries_.find(id);
      if (was != before->entries_.end() && was->second == entry) continue;
    }
    log::info(
        "language",
        {{"id", id},
         {"usable", !entry.toolchains.empty()},
         {"version", entry.toolchains.empty() ? entry.reason : entry.toolchains.front().version}});
  }
  if (before == nullptr) return;
  for (const auto& [id, entry] : before->entries_) {
    if (entries_.count(id) == 0) log::info("language gone", {{"id", id}});
  }
}

std::vector<Catalogue::Offer> Catalogue::offers() const {
  std::vector<Offer> offers;
  for (const auto& entry : registry_->languages()) {
    const Entry& known = entries_.find(entry.language->id)->second;
    offers.push_back({entry.language, entry.plugin, &known.toolchains, &known.tools, known.reason});
  }
  return offers;
}

Result<Choice> Catalogue::choose(std::string_view language, std::string_view selector) const {
  const auto* entry = registry_->find(language);
  if (entry == nullptr) {
    return fail_at(Errc::unknown_language, "/language",
                   "no such language; GET /v1/languages lists those that are installed");
  }
  const auto& known = entries_.find(entry->language->id)->second;
  if (known.toolchains.empty()) {
    return fail_at(Errc::language_unusable, "/language", known.reason);
  }
  for (const auto& toolchain : known.toolchains) {
    if (selects(selector, toolchain)) {
      return Choice{shared_from_this(), entry->language, entry->plugin, &toolchain, &known.tools};
    }
  }
  std::vector<std::string> versions;
  for (const auto& toolchain : known.toolchains) versions.push_back(toolchain.version);
  return fail_at(Errc::unknown_version, "/version",
                 "no installed version matches; there is " + join(versions, ", "));
}

LanguageInfo Catalogue::describe(const plugins::Registry::Entry& entry,
                                 const config::Config& config) const {
  const langspec::Language& language = *entry.language;
  const Entry& known = entries_.find(language.id)->second;
  LanguageInfo info;
  info.id = language.id;
  info.name = language.name;
  info.family = language.family;
  info.aliases = language.aliases;
  for (const auto& toolchain : known.toolchains) {
    info.versions.push_back({toolchain.version,
                             toolchain.label.empty() ? toolchain.id : toolchain.label,
                             info.versions.empty()});
  }
  info.extensions = language.extensions;
  info.default_file = language.default_file;
  info.editor_mode = language.editor_mode;
  info.hello = language.hello;
  info.compiled = language.compiled;
  for (const auto& option : entry.plugin->description.options) {
    using Kind = langspec::Option::Kind;
    if (option.language != language.id || option.kind == Kind::compile_argument ||
        option.kind == Kind::runtime_argument) {
      continue;
    }
    info.options.push_back({option.id, option.default_value, option.allowed});
  }
  info.compile_arguments =
      policy::compile_arguments(entry.plugin->description.options, language.id);
  info.warm_up = config::name_of(config.warm_up_of(language.id));
  info.plugin = entry.plugin->info.id;
  info.plugin_version = entry.plugin->info.version;
  info.default_limits = run_defaults(config, language.id);
  info.max_limits = config.run.max;
  info.usable = !known.toolchains.empty();
  info.reason = known.reason;
  return info;
}

std::vector<LanguageInfo> Catalogue::languages(const config::Config& config) const {
  std::vector<LanguageInfo> infos;
  for (const auto& entry : registry_->languages()) infos.push_back(describe(entry, config));
  return infos;
}

std::vector<Choice> Catalogue::defaults() const {
  std::vector<Choice> choices;
  for (const auto& entry : registry_->languages()) {
    const Entry& known = entries_.find(entry.language->id)->second;
    if (known.toolchains.empty()) continue;
    choices.push_back({shared_from_this(), entry.language, entry.plugin, &known.toolchains.front(),
                       &known.tools});
  }
  return choices;
}

bool Catalogue::any_usable() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const auto& entry) { return !entry.second.toolchains.empty(); });
}

Limits run_defaults(const config::Config& config, std::string_view language) {
  const auto settings = config.languages.find(std::string{language});
  if (settings == config.languages.end()) return config.run.defaults;
  return policy::overlay(config.run.defaults, settings->second.run_defaults);
}

Limits compile_defaults(const config::Config& config, std::string_view language) {
  const auto settings = config.languages.find(std::string{language});
  if (settings == config.languages.end()) return config.compile.defaults;
  return policy::overlay(config.compile.defaults, settings->second.compile_defaults);
}

}  // namespace cex::engine
