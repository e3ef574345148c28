// SPDX-License-Identifier: Apache-2.0
#include "core/config/reload.hpp"

#include <set>

#include "core/config/keys.hpp"

namespace cex::config {
namespace {

template <class Map>
std::set<std::string> names_of(const Map& one, const Map& other) {
  std::set<std::string> names;
  for (const auto& [name, unused] : one) names.insert(name);
  for (const auto& [name, unused] : other) names.insert(name);
  return names;
}

class Merge {
 public:
  Merge(const Config& now, const Config& wanted) : now_{now}, wanted_{wanted} {
    made_.config = now;
  }

  Reload run() {
    for (const Key& key : keys()) {
      if (!note(key, now_, wanted_) || !key.reloadable) continue;
      key.set(made_.config, key.get(wanted_));
    }
    languages();
    tenants();
    if (now_.plugins.provider != wanted_.plugins.provider) {
      made_.waiting.emplace_back("plugins.provider");
    }
    return std::move(made_);
  }

 private:
  /// True if the key differs.
  bool note(const Key& key, const Config& now, const Config& wanted) {
    if (key.get(now) == key.get(wanted)) return false;
    (key.reloadable ? made_.changed : made_.waiting).push_back(key.path);
    return true;
  }

  // A key that a section does not name has no value to set, so sections move as a whole.
  void languages() {
    for (const std::string& id : names_of(now_.languages, wanted_.languages)) {
      for (const Key& key : language_keys(id)) note(key, now_, wanted_);
    }
    made_.config.languages = wanted_.languages;
    for (auto& [id, language] : made_.config.languages) {
      const auto before = now_.languages.find(id);
      const LanguageSettings old =
          before == now_.languages.end() ? LanguageSettings{} : before->second;
      language.enabled = old.enabled;
      language.warm_up = old.warm_up;
    }
    for (const auto& [id, old] : now_.languages) {
      if (wanted_.languages.contains(id)) continue;
      LanguageSettings& kept = made_.config.languages[id];
      kept.enabled = old.enabled;
      kept.warm_up = old.warm_up;
    }
  }

  void tenants() {
    Config now = now_;
    Config wanted = wanted_;
    for (const std::string& name : names_of(now_.tenants, wanted_.tenants)) {
      // Without a section of its own a tenant is as the default one.
      now.tenants.try_emplace(name, now_.tenant_of(name));
      wanted.tenants.try_emplace(name, wanted_.tenant_of(name));
      for (const Key& key : tenant_keys(name)) note(key, now, wanted);
    }
    made_.config.tenants = wanted_.tenants;
  }

  const Config& now_;
  const Config& wanted_;
  Reload made_;
};

}  // namespace

Reload reload(const Config& now, const Config& wanted) {
  return Merge{now, wanted}.run();
}

}  // namespace cex::config
