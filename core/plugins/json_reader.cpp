// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/json_reader.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace cex::plugins {
namespace {

constexpr std::size_t kMaxText = 8192;
constexpr std::size_t kMaxItems = 512;

}  // namespace

bool JsonReader::is_good_text(const nlohmann::json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return text.size() <= kMaxText && text.find('\0') == std::string::npos;
}

bool JsonReader::has(const char* name) const {
  return object_.is_object() && object_.contains(name);
}

JsonReader::JsonReader(const nlohmann::json& object, std::string pointer)
    : object_(object), pointer_(std::move(pointer)) {
  if (!object.is_object()) problem(pointer_, "must be an object");
}

void JsonReader::only(std::initializer_list<std::string_view> names) {
  if (!object_.is_object()) return;
  for (const auto& [name, value] : object_.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      problem(pointer_, "unknown field '" + printable(name, 40) + "'");
    }
  }
}

const nlohmann::json* JsonReader::field(const char* name, bool required) {
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(name);
  if (found != object_.end()) return &*found;
  if (required) problem(place(name), "is missing");
  return nullptr;
}

std::string JsonReader::text(const char* name, bool required) {
  const auto* value = field(name, required);
  if (value == nullptr) return {};
  if (is_good_text(*value) && !(required && value->get_ref<const std::string&>().empty())) {
    return value->get<std::string>();
  }
  problem(place(name), "must be text of 1 to 8192 bytes without NUL");
  return {};
}

std::vector<std::string> JsonReader::texts(const char* name, bool required) {
  const auto* value = field(name, required);
  if (value == nullptr) return {};
  if (!value->is_array() || value->size() > kMaxItems ||
      !std::all_of(value->begin(), value->end(), is_good_text)) {
    problem(place(name), "must be a list of at most 512 texts of at most 8192 bytes");
    return {};
  }
  return value->get<std::vector<std::string>>();
}

std::uint64_t JsonReader::number(const char* name, bool required) {
  const auto* value = field(name, required);
  if (value == nullptr) return 0;
  if (!value->is_number_unsigned()) {
    problem(place(name), "must be a whole number, not negative");
    return 0;
  }
  return value->get<std::uint64_t>();
}

bool JsonReader::boolean(const char* name) {
  const auto* value = field(name, false);
  if (value == nullptr) return false;
  if (!value->is_boolean()) {
    problem(place(name), "must be true or false");
    return false;
  }
  return value->get<bool>();
}

const nlohmann::json* JsonReader::object(const char* name, bool required) {
  const auto* value = field(name, required);
  if (value == nullptr || value->is_object()) return value;
  problem(place(name), "must be an object");
  return nullptr;
}

const nlohmann::json* JsonReader::array(const char* name, bool required) {
  const auto* value = field(name, required);
  if (value == nullptr || value->is_array()) return value;
  problem(place(name), "must be a list");
  return nullptr;
}

void JsonReader::problem(const std::string& place, const std::string& message) {
  if (problem_.empty()) problem_ = "plugin.json: " + (place.empty() ? "" : place + " ") + message;
}

void JsonReader::adopt(const JsonReader& inner) {
  if (problem_.empty()) problem_ = inner.problem_;
}

Result<void> JsonReader::result() const {
  if (problem_.empty()) return {};
  return fail(Errc::plugin, problem_);
}

}  // namespace cex::plugins
