// SPDX-License-Identifier: Apache-2.0
#include "core/config/config_loader.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

#include "core/base/text.hpp"
#include "core/config/cross_checks.hpp"
#include "core/config/keys.hpp"
#include "core/config/toml_file.hpp"

namespace cex::config {
namespace {

bool is_language_id(std::string_view id) {
  return !id.empty() && id.size() <= 32 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '#' || c == '-' ||
           c == '_';
  });
}

std::string from_working_directory(const std::string& folder) {
  std::error_code code;
  const auto absolute = std::filesystem::absolute(folder, code);
  return code ? folder : absolute.lexically_normal().string();
}

/// Config in the making: values, where each came from, and everything that was wrong on the way.
class Loading {
 public:
  explicit Loading(const LoadOptions& options) : options_{options} { loaded_.config = defaults(); }

  Result<Loaded> run() {
    read_files();
    read_telemetry_environment();
    read_environment();
    for (const auto& [path, text] : options_.overrides) apply_override(path, text);
    if (errors_.empty()) cross_check(loaded_, errors_);
    if (errors_.empty()) return std::move(loaded_);
    return fail(Errc::config, join(errors_, "\n"));
  }

 private:
  void read_files() {
    auto leaves = read_toml(options_.file, options_.file_required);
    if (!leaves) {
      errors_.push_back(leaves.error().message);
      return;
    }
    for (const TomlLeaf& leaf : *leaves) apply_leaf(leaf);
  }

  void apply_leaf(const TomlLeaf& leaf) {
    if (leaf.path.starts_with("plugins.provider.")) return apply_provider(leaf);
    const auto key = find(leaf.path);
    if (!key) {
      errors_.push_back(leaf.location + ": unknown key " + printable(leaf.path) +
                        known_beside(leaf.path));
      return;
    }
    if (!leaf.value) {
      errors_.push_back(leaf.location + ": " + leaf.path + " must be " +
                        std::string{name_of(key->kind)});
      return;
    }
    auto value = convert(*key, *leaf.value);
    if (!value) {
      errors_.push_back(leaf.location + ": " + leaf.path + " " + value.error().message);
      return;
    }
    store(*key, *value, leaf.location);
  }

  void apply_provider(const TomlLeaf& leaf) {
    const std::string language = leaf.path.substr(std::string_view{"plugins.provider."}.size());
    const auto* plugin = leaf.value ? std::get_if<std::string>(&*leaf.value) : nullptr;
    if (plugin == nullptr || !is_language_id(language)) {
      errors_.push_back(leaf.location +
                        ": plugins.provider maps a language id to a plugin id: python = "
                        "\"org.example.python\"");
      return;
    }
    loaded_.config.plugins.provider[language] = *plugin;
    loaded_.origins[leaf.path] = leaf.location;
  }

  /// TOML has types of its own; these are the few bridges between them and ours.
  static Result<Value> convert(const Key& key, const Value& given) {
    const auto* text = std::get_if<std::string>(&given);
    if (key.kind == Kind::bytes && text != nullptr) return parse_value(key.kind, *text);
    const auto* whole = std::get_if<std::int64_t>(&given);
    if (key.kind == Kind::decimal && whole != nullptr) return Value{static_cast<double>(*whole)};
    const bool fits = [&] {
      switch (key.kind) {
        case Kind::boolean:
          return std::holds_alternative<bool>(given);
        case Kind::integer:
        case Kind::bytes:
          return whole != nullptr;
        case Kind::decimal:
          return std::holds_alternative<double>(given);
        case Kind::text:
          return text != nullptr;
        case Kind::list:
          return std::holds_alternative<std::vector<std::string>>(given);
      }
      return false;
    }();
    if (!fits) return fail(Errc::config, "must be " + std::string{name_of(key.kind)});
    return given;
  }

  /// The names that every OpenTelemetry program knows; ours, read afterwards, are stronger.
  void read_telemetry_environment() {
    for (const auto& [name, path] : {std::pair{"OTEL_EXPORTER_OTLP_ENDPOINT", "traces.endpoint"},
                                     {"OTEL_SERVICE_NAME", "traces.service_name"}}) {
      // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread yet
      const char* text = options_.environment ? options_.environment(name) : std::getenv(name);
      if (text == nullptr || *text == '\0') continue;
      if (const auto key = find(path)) apply_text(*key, text, std::string{"environment "} + name);
    }
  }

  void read_environment() {
    for (const Key& key : keys()) {
      const std::string name = key.environment();
      // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread yet
      const char* from_process = std::getenv(name.c_str());
      const char* text = options_.environment ? options_.environment(name.c_str()) : from_process;
      if (text != nullptr) apply_text(key, text, "environment " + name);
    }
  }

  void apply_override(const std::string& path, const std::string& text) {
    const bool add = path.ends_with('+');
    const auto key = find(add ? path.substr(0, path.size() - 1) : path);
    if (!key || (add && key->kind != Kind::list)) {
      errors_.push_back("command line: unknown key " + printable(path));
      return;
    }
    const std::string value = key->is_folder ? from_working_directory(text) : text;
    if (!add) return apply_text(*key, value, "command line");
    auto items = std::get<std::vector<std::string>>(key->get(loaded_.config));
    items.push_back(value);
    store(*key, Value{std::move(items)}, "command line");
  }

  void apply_text(const Key& key, std::string_view text, const std::string& origin) {
    auto value = parse_value(key.kind, text);
    if (!value) {
      errors_.push_back(origin + ": " + key.path + " " + value.error().message);
      return;
    }
    store(key, *value, origin);
  }

  void store(const Key& key, const Value& value, const std::string& origin) {
    if (auto good = check(key, value); !good) {
      errors_.push_back(origin + ": " + key.path + " " + good.error().message);
      return;
    }
    key.set(loaded_.config, value);
    loaded_.origins[key.path] = origin;
  }

  static std::optional<Key> find(std::string_view path) {
    const auto in = [&](const std::vector<Key>& table) -> std::optional<Key> {
      const auto found = std::ranges::find(table, path, &Key::path);
      return found == table.end() ? std::nullopt : std::optional{*found};
    };
    const auto parts = split(path, '.');
    if (path.starts_with("tenants.")) {
      if (parts.size() != 3 || !is_tenant_name(parts[1])) return std::nullopt;
      return in(tenant_keys(std::string{parts[1]}));
    }
    if (!path.starts_with("languages.")) return in(keys());
    if (parts.size() < 3 || !is_language_id(parts[1])) return std::nullopt;
    return in(language_keys(std::string{parts[1]}));
  }

  /// "; known in server: listen, user, ..." for the table that the unknown key stands in.
  static std::string known_beside(std::string_view path) {
    const auto dot = path.rfind('.');
    const std::string prefix{dot == std::string_view::npos ? "" : path.substr(0, dot + 1)};
    std::vector<std::string> names;
    for (const Key& key : keys()) {
      if (!key.path.starts_with(prefix)) continue;
      const std::string rest = key.path.substr(prefix.size());
      const std::string name = rest.substr(0, rest.find('.'));
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    if (prefix.empty() || names.empty()) return {};
    return " (known here: " + join(names, ", ") + ")";
  }

  const LoadOptions& options_;
  Loaded loaded_;
  std::vector<std::string> errors_;
};

}  // namespace

Result<Config> load(const LoadOptions& options) {
  CEX_TRY(Loaded loaded, Loading{options}.run());
  return std::move(loaded.config);
}

Result<std::vector<Setting>> settings(const LoadOptions& options) {
  CEX_TRY(const Loaded loaded, Loading{options}.run());
  std::vector<Setting> list;
  const auto origin_of = [&](const std::string& path) {
    const auto found = loaded.origins.find(path);
    return found == loaded.origins.end() ? std::string{"default"} : found->second;
  };
  for (const Key& key : keys()) {
    list.push_back({key.path, to_toml(key.get(loaded.config)), origin_of(key.path),
                    key.environment(), key.description, key.reloadable});
  }
  for (const auto& [language, plugin] : loaded.config.plugins.provider) {
    const std::string path = "plugins.provider." + language;
    list.push_back(
        {path, to_toml(plugin), origin_of(path), {}, "plugin that provides the language"});
  }
  const auto add_named = [&](const std::vector<Key>& table) {
    for (const Key& key : table) {
      if (!loaded.origins.contains(key.path)) continue;
      list.push_back({key.path,
                      to_toml(key.get(loaded.config)),
                      origin_of(key.path),
                      {},
                      key.description,
                      key.reloadable});
    }
  };
  for (const auto& [language, unused] : loaded.config.languages) add_named(language_keys(language));
  for (const auto& [tenant, unused] : loaded.config.tenants) add_named(tenant_keys(tenant));
  return list;
}

}  // namespace cex::config
