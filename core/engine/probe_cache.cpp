// SPDX-License-Identifier: Apache-2.0
#include "core/engine/probe_cache.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"

namespace cex::engine {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;
constexpr std::size_t kMostAnswers = 2000;

json bytes_of(const std::string& text) {
  return json::binary({text.begin(), text.end()});
}

std::string text_of(const json& value) {
  const auto& bytes = value.get_binary();
  return {bytes.begin(), bytes.end()};
}

// What changes with a file's bytes; false where there is none.
bool append_file(const std::string& path, std::string& text) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return false;
  for (const auto& number :
       {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
        static_cast<std::int64_t>(status.st_size), static_cast<std::int64_t>(status.st_mtim.tv_sec),
        static_cast<std::int64_t>(status.st_mtim.tv_nsec),
        static_cast<std::int64_t>(status.st_ctim.tv_sec),
        static_cast<std::int64_t>(status.st_ctim.tv_nsec)}) {
    text += '\0' + std::to_string(number);
  }
  return true;
}

}  // namespace

ProbeCache::ProbeCache(std::string file) : file_{std::move(file)} {
  if (!file_.empty()) read();
}

std::string ProbeCache::key_of(const std::string& program, const std::vector<std::string>& args) {
  std::string text = program;
  if (!append_file(program, text)) return {};
  for (const std::string& argument : args) {
    text += '\0' + argument;
    // A JVM's class path, say: the answer is that of what lies there.
    for (const std::string_view part : split(argument, ':')) {
      if (part.starts_with('/') && !append_file(std::string{part}, text)) text += "\0absent";
    }
  }
  return sha256_hex(text);
}

void ProbeCache::read() {
  const std::string bytes = read_text_file(file_);
  if (bytes.empty()) return;
  try {
    const json document = json::from_cbor(bytes);
    if (document.at("format") != kFormat) return;
    for (const auto& [key, answer] : document.at("answers").items()) {
      answers_[key] = {answer.at("exit"), text_of(answer.at("out")), text_of(answer.at("err"))};
    }
  } catch (const json::exception& error) {
    answers_.clear();
    log::warning("kept answers of toolchains cannot be read; they are asked again",
                 {{"file", file_}, {"reason", std::string_view{error.what()}}});
  }
}

std::optional<ProbeAnswer> ProbeCache::find(const std::string& key) {
  const std::lock_guard lock{mutex_};
  const auto found = answers_.find(key);
  if (found == answers_.end()) return std::nullopt;
  used_.insert(key);
  return found->second;
}

void ProbeCache::put(const std::string& key, ProbeAnswer answer) {
  const std::lock_guard lock{mutex_};
  answers_[key] = std::move(answer);
  used_.insert(key);
  changed_ = true;
}

void ProbeCache::save() {
  const std::lock_guard lock{mutex_};
  if (file_.empty() || !std::exchange(changed_, false)) return;
  if (answers_.size() > kMostAnswers) {
    std::erase_if(answers_, [this](const auto& entry) { return used_.count(entry.first) == 0; });
  }
  json document{{"format", kFormat}, {"answers", json::object()}};
  for (const auto& [key, answer] : answers_) {
    document["answers"][key] = {
        {"exit", answer.exit_code}, {"out", bytes_of(answer.out)}, {"err", bytes_of(answer.err)}};
  }
  const auto bytes = json::to_cbor(document);
  const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  if (const auto written = replace_file(file_, text, 0600, Flush::none); !written) {
    log::warning("answers of toolchains cannot be kept", {{"reason", written.error().message}});
  }
}

}  // namespace cex::engine
