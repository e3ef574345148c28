// SPDX-License-Identifier: Apache-2.0
#include "server/dto/object_reader.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/base/text.hpp"

namespace cex::dto {
namespace {

constexpr std::size_t kMaxFindings = 50;
constexpr std::size_t kMaxPointerPart = 100;

std::string kind_of(const nlohmann::json& value) {
  return value.type_name();
}

}  // namespace

void Findings::add(std::string pointer, std::string message) {
  if (found_.size() < kMaxFindings) found_.push_back({std::move(pointer), std::move(message)});
}

std::string pointer_to(std::string_view parent, std::string_view name) {
  std::string out{parent};
  out += '/';
  for (const char c : printable(name, kMaxPointerPart)) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string pointer_to(std::string_view parent, std::size_t index) {
  return std::string{parent} + '/' + std::to_string(index);
}

std::optional<std::string> read_text(const nlohmann::json& value, TextRule rule,
                                     const std::string& pointer, Findings& findings) {
  if (!value.is_string()) {
    findings.add(pointer, "must be a string, not " + kind_of(value));
    return std::nullopt;
  }
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() < rule.min) {
    findings.add(pointer, rule.min == 1
                              ? "must not be empty"
                              : "must have at least " + std::to_string(rule.min) + " bytes");
    return std::nullopt;
  }
  if (text.size() > rule.max) {
    findings.add(pointer, "must have at most " + std::to_string(rule.max) + " bytes");
    return std::nullopt;
  }
  if (rule.bytes == Bytes::no_nul && text.find('\0') != std::string::npos) {
    findings.add(pointer, "must not contain NUL");
    return std::nullopt;
  }
  return text;
}

std::optional<std::uint64_t> read_whole(const nlohmann::json& value, std::uint64_t min,
                                        std::uint64_t max, const std::string& pointer,
                                        Findings& findings) {
  if (!value.is_number()) {
    findings.add(pointer, "must be a whole number, not " + kind_of(value));
    return std::nullopt;
  }
  // Negative integers and numbers beyond 64 bits arrive as other types of the library.
  const double approximate = value.get<double>();
  if (approximate < static_cast<double>(min)) {
    findings.add(pointer, "must be at least " + std::to_string(min));
    return std::nullopt;
  }
  if (approximate > static_cast<double>(max)) {
    findings.add(pointer, "must be at most " + std::to_string(max));
    return std::nullopt;
  }
  if (value.is_number_float()) {
    findings.add(pointer, "must be a whole number without fraction or exponent");
    return std::nullopt;
  }
  return value.get<std::uint64_t>();
}

ObjectReader::ObjectReader(const nlohmann::json& value, std::string pointer, Findings& findings)
    : object_{value.is_object() ? &value : nullptr},
      pointer_{std::move(pointer)},
      findings_{findings} {
  if (object_ == nullptr) findings_.add(pointer_, "must be an object, not " + kind_of(value));
}

const nlohmann::json* ObjectReader::take(std::string_view name) {
  known_.push_back(name);
  if (object_ == nullptr) return nullptr;
  const auto found = object_->find(name);
  return found == object_->end() ? nullptr : &*found;
}

std::optional<std::string> ObjectReader::text(std::string_view name, TextRule rule) {
  const auto* value = take(name);
  if (value == nullptr) return std::nullopt;
  return read_text(*value, rule, at(name), findings_);
}

std::optional<bool> ObjectReader::flag(std::string_view name) {
  const auto* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  findings_.add(at(name), "must be true or false, not " + kind_of(*value));
  return std::nullopt;
}

std::optional<std::uint64_t> ObjectReader::whole(std::string_view name, std::uint64_t min,
                                                 std::uint64_t max) {
  const auto* value = take(name);
  if (value == nullptr) return std::nullopt;
  return read_whole(*value, min, max, at(name), findings_);
}

std::optional<std::vector<std::string>> ObjectReader::texts(std::string_view name,
                                                            std::size_t max_count, TextRule rule) {
  std::optional<std::vector<std::string>> all;
  each(name, max_count, [&](const nlohmann::json& value, const std::string& pointer) {
    if (auto text = read_text(value, rule, pointer, findings_)) {
      if (!all) all.emplace();
      all->push_back(std::move(*text));
    }
  });
  if (!all && object_ != nullptr && object_->contains(name)) all.emplace();
  return all;
}

http::Pairs ObjectReader::text_map(std::string_view name, std::size_t max_count, TextRule rule) {
  http::Pairs pairs;
  const auto* value = take(name);
  if (value == nullptr) return pairs;
  if (!value->is_object()) {
    findings_.add(at(name), "must be an object, not " + kind_of(*value));
    return pairs;
  }
  if (value->size() > max_count) {
    findings_.add(at(name), "must have at most " + std::to_string(max_count) + " entries");
    return pairs;
  }
  for (const auto& [key, item] : value->items()) {
    if (auto text = read_text(item, rule, pointer_to(at(name), key), findings_)) {
      pairs.emplace_back(key, std::move(*text));
    }
  }
  return pairs;
}

void ObjectReader::each(
    std::string_view name, std::size_t max_count,
    const std::function<void(const nlohmann::json&, const std::string&)>& each) {
  const auto* value = take(name);
  if (value == nullptr) return;
  if (!value->is_array()) {
    findings_.add(at(name), "must be an array, not " + kind_of(*value));
    return;
  }
  if (value->size() > max_count) {
    findings_.add(at(name), "must have at most " + std::to_string(max_count) + " elements");
    return;
  }
  for (std::size_t i = 0; i < value->size(); ++i) each((*value)[i], pointer_to(at(name), i));
}

std::optional<std::string> ObjectReader::bytes(std::string_view name,
                                               std::string_view encoding_name) {
  auto content = text(name);
  const auto encoding = text(encoding_name);
  if (encoding && !content) {
    if (take(name) == nullptr)
      findings_.add(at(encoding_name), "needs a `" + std::string{name} + '`');
    return std::nullopt;
  }
  if (!encoding || *encoding == "utf8") return content;
  if (*encoding != "base64") {
    findings_.add(at(encoding_name), "must be \"utf8\" or \"base64\"");
    return std::nullopt;
  }
  auto decoded = base64_decode(*content);
  if (!decoded) findings_.add(at(name), "is not base64 (RFC 4648, with padding, no white space)");
  return decoded;
}

void ObjectReader::missing(std::string_view name) {
  if (object_ != nullptr) findings_.add(at(name), "is required");
}

void ObjectReader::finish() {
  if (object_ == nullptr) return;
  for (const auto& [key, value] : object_->items()) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      findings_.add(at(key), "unknown field");
    }
  }
}

}  // namespace cex::dto
