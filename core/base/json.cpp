// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.hpp"

#include <set>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/text.hpp"

namespace cex {
namespace {

// The library accepts 200 000 nested levels and lets the last duplicate key win; both are refused
// in its parse callback, which sees each event before the value is built.
class Guard {
 public:
  explicit Guard(std::size_t max_depth) : max_depth_{max_depth} {}

  bool operator()(int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    switch (event) {
      case Event::object_start:
        keys_.emplace_back();
        [[fallthrough]];
      case Event::array_start:
        if (static_cast<std::size_t>(depth) >= max_depth_) refuse("nested too deeply");
        break;
      case Event::object_end:
        keys_.pop_back();
        break;
      case Event::key: {
        const auto& key = parsed.get_ref<const std::string&>();
        if (key.find('\0') != std::string::npos) refuse("a key contains NUL");
        if (!keys_.back().insert(key).second) refuse("an object has the same key twice");
        break;
      }
      case Event::array_end:
      case Event::value:
        break;
    }
    return true;
  }

 private:
  // Leaving by exception stops the parse at once; caught a few lines below, never further.
  [[noreturn]] static void refuse(const char* why) { throw std::invalid_argument(why); }

  std::size_t max_depth_;
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text, const JsonBounds& bounds) {
  if (text.size() > bounds.max_bytes) return fail(Errc::too_large, "the JSON text is too large");
  if (!is_valid_utf8(text)) return fail(Errc::invalid_request, "the JSON text is not valid UTF-8");
  try {
    return nlohmann::json::parse(text, Guard{bounds.max_depth});
  } catch (const nlohmann::json::parse_error& error) {
    return fail(Errc::invalid_request, "not valid JSON at byte " + std::to_string(error.byte));
  } catch (const std::invalid_argument& refusal) {
    return fail(Errc::invalid_request, std::string{"JSON refused: "} + refusal.what());
  } catch (const nlohmann::json::exception& error) {
    // Numbers out of range end here: 1e999 has no double.
    return fail(Errc::invalid_request, "not valid JSON: a number is out of range");
  }
}

std::string dump_json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string dump_json_pretty(const nlohmann::json& value) {
  return value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace cex
