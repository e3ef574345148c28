// SPDX-License-Identifier: Apache-2.0
#include "core/base/log.hpp"

#include <chrono>
#include <memory>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "core/base/clock.hpp"
#include "core/base/log_throttle.hpp"
#include "core/base/text.hpp"

namespace cex::log {
namespace {

constexpr std::size_t kMaxValue = 2000;

Format g_format = Format::text;  // written once by start(), before there are threads

std::shared_ptr<spdlog::logger> make_logger() {
  auto made =
      std::make_shared<spdlog::logger>("cex", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  made->set_pattern("%v");  // the line is made here: spdlog's patterns do not escape
  return made;
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = make_logger();
  return *instance;
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const bool utf8 = is_valid_utf8(text);
  for (const char c : text.substr(0, kMaxValue)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20U || byte == 0x7FU || (byte >= 0x80U && !utf8)) {
      out += "\\u00";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    } else {
      out += c;
    }
  }
}

struct ValueWriter {
  std::string& out;
  void operator()(std::string_view text) const {
    out += '"';
    append_escaped(out, text);
    out += '"';
  }
  void operator()(std::int64_t number) const { out += std::to_string(number); }
  void operator()(double number) const { out += fmt::format("{:.3f}", number); }
  void operator()(bool flag) const { out += flag ? "true" : "false"; }
};

std::string_view name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "error";
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string json_line(Level level, std::string_view message, Fields fields, std::uint64_t unsaid) {
  std::string line = "{\"time\":\"" + rfc3339(std::chrono::system_clock::now()) + "\",\"level\":\"";
  line += name(level);
  line += "\",\"message\":\"";
  append_escaped(line, message);
  line += '"';
  for (const auto& field : fields) {
    line += ",\"";
    append_escaped(line, field.key);
    line += "\":";
    std::visit(ValueWriter{line}, field.value);
  }
  if (unsaid > 0) line += ",\"repeats_left_out\":" + std::to_string(unsaid);
  return line + "}";
}

std::string text_line(Level level, std::string_view message, Fields fields, std::uint64_t unsaid) {
  std::string line{name(level)};
  line += ": ";
  line += message;
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    std::visit(ValueWriter{line}, field.value);
  }
  if (unsaid > 0) line += " repeats_left_out=" + std::to_string(unsaid);
  return line;
}

}  // namespace

void start(Level level, Format format) {
  g_format = format;
  logger().set_level(to_spdlog(level));
  logger().flush_on(spdlog::level::debug);
}

void set_level(Level level) {
  logger().set_level(to_spdlog(level));
}

void write(Level level, std::string_view message, Fields fields) {
  if (!logger().should_log(to_spdlog(level))) return;
  std::uint64_t unsaid = 0;
  if (level >= Level::warning) {
    static Throttle throttle;
    const auto admitted = throttle.ask(message, std::chrono::steady_clock::now());
    if (!admitted) return;
    unsaid = *admitted;
  }
  const std::string line = g_format == Format::json ? json_line(level, message, fields, unsaid)
                                                    : text_line(level, message, fields, unsaid);
  logger().log(to_spdlog(level), "{}", line);
}

}  // namespace cex::log
