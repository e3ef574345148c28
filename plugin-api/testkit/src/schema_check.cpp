// SPDX-License-Identifier: Apache-2.0
#include "schema_check.hpp"

#include <regex>
#include <set>
#include <stdexcept>

namespace cex::testkit {
namespace {

using Json = nlohmann::ordered_json;

class Checker {
 public:
  explicit Checker(const Json& root) : root_(root) {}

  void check(const Json& schema, const Json& value, const std::string& at) {
    if (schema.contains("$ref")) {
      const auto ref = schema.at("$ref").get<std::string>();
      check(root_.at(Json::json_pointer(ref.substr(1))), value, at);  // "#/definitions/x"
      return;
    }
    if (schema.contains("type") && !has_type(value, schema.at("type").get<std::string>())) {
      problem(at, "must be of type " + schema.at("type").get<std::string>());
      return;
    }
    if (schema.contains("const") && value != schema.at("const")) {
      problem(at, "must be " + schema.at("const").dump());
    }
    if (schema.contains("enum") && !is_one_of(value, schema.at("enum"))) {
      problem(at, "must be one of " + schema.at("enum").dump());
    }
    if (value.is_string()) check_text(schema, value.get<std::string>(), at);
    if (value.is_number_integer()) check_number(schema, value, at);
    if (value.is_array()) check_array(schema, value, at);
    if (value.is_object()) check_object(schema, value, at);
    if (schema.contains("oneOf")) check_one_of(schema.at("oneOf"), value, at);
  }

  [[nodiscard]] std::vector<std::string> take() { return std::move(problems_); }

 private:
  static bool has_type(const Json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "boolean") return value.is_boolean();
    throw std::logic_error("schema uses an unknown type " + type);
  }

  static bool is_one_of(const Json& value, const Json& list) {
    for (const Json& item : list) {
      if (item == value) return true;
    }
    return false;
  }

  void check_text(const Json& schema, const std::string& text, const std::string& at) {
    if (text.size() < schema.value("minLength", std::size_t{0})) problem(at, "is too short");
    if (text.size() > schema.value("maxLength", std::size_t{1} << 20u)) {
      problem(at, "is too long");
      return;  // patterns see short text only
    }
    if (schema.contains("pattern") &&
        !std::regex_search(text, std::regex(schema.at("pattern").get<std::string>()))) {
      problem(at, "does not match " + schema.at("pattern").get<std::string>());
    }
  }

  void check_number(const Json& schema, const Json& value, const std::string& at) {
    if (schema.contains("minimum") && value < schema.at("minimum")) problem(at, "is too small");
    if (schema.contains("maximum") && value > schema.at("maximum")) problem(at, "is too large");
  }

  void check_array(const Json& schema, const Json& value, const std::string& at) {
    if (value.size() < schema.value("minItems", std::size_t{0})) problem(at, "has too few items");
    if (value.size() > schema.value("maxItems", std::size_t{1} << 20u))
      problem(at, "has too many items");
    std::set<std::string> seen;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string place = at + "/" + std::to_string(i);
      if (schema.contains("items")) check(schema.at("items"), value[i], place);
      if (schema.value("uniqueItems", false) && !seen.insert(value[i].dump()).second) {
        problem(place, "is there twice");
      }
    }
  }

  void check_object(const Json& schema, const Json& value, const std::string& at) {
    if (schema.contains("required")) {
      for (const Json& name : schema.at("required")) {
        if (!value.contains(name.get<std::string>())) problem(at, "lacks " + name.dump());
      }
    }
    if (!schema.contains("properties")) return;
    const Json& known = schema.at("properties");
    for (const auto& [name, content] : value.items()) {
      if (known.contains(name)) {
        check(known.at(name), content, at + "/" + name);
      } else if (!schema.value("additionalProperties", true)) {
        problem(at, "has an unknown field \"" + name + "\"");
      }
    }
  }

  /// Reports the alternative that fits best: of the value's type if there is one, and among those
  /// the one with the fewest problems.
  void check_one_of(const Json& alternatives, const Json& value, const std::string& at) {
    const std::string of_type = (at.empty() ? std::string("/") : at) + ": must be of type";
    std::vector<std::string> best;
    bool best_is_other_type = false;
    bool first = true;
    for (const Json& alternative : alternatives) {
      Checker inner{root_};
      inner.check(alternative, value, at);
      std::vector<std::string> found = inner.take();
      const bool other_type = !found.empty() && found.front().find(of_type) == 0;
      if (first || found.empty() ||
          (!other_type && (best_is_other_type || found.size() < best.size()))) {
        best = std::move(found);
        best_is_other_type = other_type;
      }
      first = false;
    }
    problems_.insert(problems_.end(), best.begin(), best.end());
  }

  void problem(const std::string& at, const std::string& text) {
    problems_.push_back((at.empty() ? std::string("/") : at) + ": " + text);
  }

  const Json& root_;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> schema_problems(const Json& schema, const Json& value) {
  Checker checker{schema};
  checker.check(schema, value, "");
  return checker.take();
}

}  // namespace cex::testkit
