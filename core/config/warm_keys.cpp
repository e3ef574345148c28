// SPDX-License-Identifier: Apache-2.0
#include "core/config/warm_keys.hpp"

#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "core/config/key_builders.hpp"

namespace cex::config {
namespace {

constexpr std::array kWarmUps{std::pair{std::string_view{"off"}, WarmUp::off},
                              std::pair{std::string_view{"layers"}, WarmUp::layers},
                              std::pair{std::string_view{"full"}, WarmUp::full}};

}  // namespace

void add_ahead(std::vector<Key>& t) {
  t.push_back(choice(
      "warm_up.mode", kWarmUps,
      "what is made ahead of jobs: nothing, what their tools can read (precompiled headers and the "
      "like), or also programs that wait for a job, each for one",
      [](auto& c) -> auto& { return c.warm_up.mode; }));
  t.push_back(number(
      "warm_up.layers_max_bytes", Kind::bytes, 0, kManyBytes,
      "bytes of all layers together, below data_dir/layers",
      [](auto& c) -> auto& { return c.warm_up.layers_max_bytes; }));
  t.push_back(number(
      "warm_up.layer_max_bytes", Kind::bytes, 1 << 20, kManyBytes, "bytes of one layer",
      [](auto& c) -> auto& { return c.warm_up.layer_max_bytes; }));
  t.push_back(number(
      "warm_up.preboots", Kind::integer, 0, 128, "programs that may wait for their jobs together",
      [](auto& c) -> auto& { return c.warm_up.preboots; }));
  t.push_back(number(
      "warm_up.preboots_max_bytes", Kind::bytes, 0, kManyBytes,
      "memory of all of them; what jobs may be promised is less by as much",
      [](auto& c) -> auto& { return c.warm_up.preboots_max_bytes; }));
  t.push_back(number(
      "cache.compile_max_bytes", Kind::bytes, 0, kManyBytes,
      "memory for what compilations made, given again to the same tenant for the same sources; 0: "
      "each one is made anew",
      [](auto& c) -> auto& { return c.cache.compile_max_bytes; }));
}

Key warm_up_key(const std::string& prefix, const std::string& id) {
  Key key{prefix + ".warm_up", Kind::text, 0, 0, {}, "this language's own warm_up.mode", {}, {}};
  for (const auto& [name, mode] : kWarmUps) key.choices.emplace_back(name);
  key.set = [id](Config& config, const Value& value) {
    for (const auto& [name, mode] : kWarmUps) {
      if (name == std::get<std::string>(value)) config.languages[id].warm_up = mode;
    }
  };
  key.get = [id](const Config& config) {
    return Value{std::string{name_of(config.warm_up_of(id))}};
  };
  return key;
}

std::string_view name_of(WarmUp mode) noexcept {
  for (const auto& [name, value] : kWarmUps) {
    if (value == mode) return name;
  }
  return {};
}

WarmUp Config::warm_up_of(const std::string& language) const {
  const auto found = languages.find(language);
  if (found == languages.end()) return warm_up.mode;
  return found->second.warm_up.value_or(warm_up.mode);
}

}  // namespace cex::config
