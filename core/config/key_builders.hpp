// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/config/keys.hpp"

/// How keys.cpp makes its table. Each builder takes the way to a field as a callable
/// `[](auto& config) -> auto& {...}`, so that a key names its field once for reading and writing.
namespace cex::config {

inline constexpr std::int64_t kManyBytes = std::int64_t{1} << 50U;

/// A key whose value may change while the server runs: every reader takes it from config::Live.
inline Key live(Key key) {
  key.reloadable = true;
  return key;
}

template <class Field>
Key number(std::string path, Kind kind, std::int64_t min, std::int64_t max, std::string description,
           Field field) {
  using T = std::remove_cvref_t<decltype(field(std::declval<Config&>()))>;
  Key key{std::move(path), kind, min, max, {}, std::move(description), {}, {}};
  key.set = [field](Config& config, const Value& value) {
    field(config) = static_cast<T>(std::get<std::int64_t>(value));
  };
  key.get = [field](const Config& config) {
    return Value{static_cast<std::int64_t>(field(config))};
  };
  return key;
}

template <class Field>
Key decimal(std::string path, double min, double max, std::string description, Field field) {
  Key key{std::move(path),
          Kind::decimal,
          static_cast<std::int64_t>(min * 1000),
          static_cast<std::int64_t>(max * 1000),
          {},
          std::move(description),
          {},
          {}};
  key.set = [field](Config& config, const Value& value) {
    field(config) = std::get<double>(value);
  };
  key.get = [field](const Config& config) { return Value{field(config)}; };
  return key;
}

template <class Field>
Key duration(std::string path, std::int64_t min, std::int64_t max, std::string description,
             Field field) {
  using T = std::remove_cvref_t<decltype(field(std::declval<Config&>()))>;
  Key key{std::move(path), Kind::integer, min, max, {}, std::move(description), {}, {}};
  key.set = [field](Config& config, const Value& value) {
    field(config) = T{std::get<std::int64_t>(value)};
  };
  key.get = [field](const Config& config) { return Value{std::int64_t{field(config).count()}}; };
  return key;
}

template <class T, class Field>
Key plain(std::string path, Kind kind, std::string description, Field field) {
  Key key{std::move(path), kind, 0, 0, {}, std::move(description), {}, {}};
  key.set = [field](Config& config, const Value& value) { field(config) = std::get<T>(value); };
  key.get = [field](const Config& config) { return Value{field(config)}; };
  return key;
}

template <class Enum, std::size_t N, class Field>
Key choice(std::string path, std::array<std::pair<std::string_view, Enum>, N> names,
           std::string description, Field field) {
  Key key{std::move(path), Kind::text, 0, 0, {}, std::move(description), {}, {}};
  for (const auto& [name, value] : names) key.choices.emplace_back(name);
  key.set = [field, names](Config& config, const Value& value) {
    for (const auto& [name, entry] : names) {
      if (name == std::get<std::string>(value)) field(config) = entry;
    }
  };
  key.get = [field, names](const Config& config) {
    for (const auto& [name, entry] : names) {
      if (entry == field(config)) return Value{std::string{name}};
    }
    return Value{std::string{}};
  };
  return key;
}

}  // namespace cex::config
