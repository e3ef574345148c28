// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace cex::log {

enum class Level : std::uint8_t { debug, info, warning, error };

/// One `key: value` of a log line. Values are escaped and cut by the formatter, so untrusted text
/// is welcome here and nowhere else in a log line.
struct Field {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  Field(std::string_view k, std::string_view v) : key{k}, value{v} {}
  Field(std::string_view k, const std::string& v) : key{k}, value{std::string_view{v}} {}
  Field(std::string_view k, const char* v) : key{k}, value{std::string_view{v}} {}
  Field(std::string_view k, std::int64_t v) : key{k}, value{v} {}
  Field(std::string_view k, int v) : key{k}, value{std::int64_t{v}} {}
  Field(std::string_view k, std::uint64_t v) : key{k}, value{static_cast<std::int64_t>(v)} {}
  Field(std::string_view k, double v) : key{k}, value{v} {}
  Field(std::string_view k, bool v) : key{k}, value{v} {}
};

using Fields = std::initializer_list<Field>;

enum class Format : std::uint8_t { json, text };

/// Sets up the one logger (stderr). Call once, before threads; without it lines go out as text at
/// level info.
void start(Level level, Format format);

/// Another least level, from any thread.
void set_level(Level level);

/// One line, one event: `message` is a constant of ours, everything that varies is a field.
/// Thread-safe. A warning or error that repeats is written 20 times in ten seconds; the next one
/// after that tells how many were left out (`repeats_left_out`).
void write(Level level, std::string_view message, Fields fields = {});

inline void debug(std::string_view message, Fields fields = {}) {
  write(Level::debug, message, fields);
}
inline void info(std::string_view message, Fields fields = {}) {
  write(Level::info, message, fields);
}
inline void warning(std::string_view message, Fields fields = {}) {
  write(Level::warning, message, fields);
}
inline void error(std::string_view message, Fields fields = {}) {
  write(Level::error, message, fields);
}

}  // namespace cex::log
