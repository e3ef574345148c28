// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/clock.hpp"

/// How values become a stored document and values again. Each type lists its fields once, in a
/// function `fields(archive, value)`, for both ways. A field that a document lacks keeps the value
/// it was made with and an unknown one is passed over, so versions read what others wrote. For the
/// files that list fields of stored types.
namespace cex::storage {

class Writer;
class Reader;

template <class T>
concept Listed = requires(Writer& writer, T& value) {
  fields(writer, value);
};

class Writer {
 public:
  template <class T>
  void operator()(const char* name, const T& value) {
    nlohmann::json made = encode(value);
    if (!made.is_null()) document_[name] = std::move(made);
  }

  template <class T>
  static nlohmann::json encode(const T& value) {
    if constexpr (Listed<T>) {
      Writer writer;
      // The list of fields serves both ways, so it takes what it only reads here as changeable.
      fields(writer, const_cast<T&>(value));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      return std::move(writer.document_);
    } else if constexpr (std::is_enum_v<T>) {
      return static_cast<std::int64_t>(value);
    } else {
      return encode_plain(value);
    }
  }

 private:
  template <class T>
  static nlohmann::json encode_plain(const T& value) {
    return value;
  }
  template <class Rep, class Period>
  static nlohmann::json encode_plain(const std::chrono::duration<Rep, Period>& value) {
    return value.count();
  }
  static nlohmann::json encode_plain(const WallTime& value) {
    return value.time_since_epoch().count();
  }
  template <class T>
  static nlohmann::json encode_plain(const std::optional<T>& value) {
    return value ? encode(*value) : nlohmann::json{};
  }
  template <class T>
  static nlohmann::json encode_plain(const std::vector<T>& list) {
    auto made = nlohmann::json::array();
    for (const T& item : list) made.push_back(encode(item));
    return made;
  }
  template <class A, class B>
  static nlohmann::json encode_plain(const std::pair<A, B>& pair) {
    auto made = nlohmann::json::array();
    made.push_back(encode(pair.first));
    made.push_back(encode(pair.second));
    return made;
  }
  static nlohmann::json encode_plain(const std::shared_ptr<const std::string>& text) {
    return text ? nlohmann::json(*text) : nlohmann::json{};
  }

  nlohmann::json document_ = nlohmann::json::object();
};

/// The last of an enum's values; who lists a field of the enum's type says it.
template <class T>
inline constexpr T kLastOf = [] { static_assert(!std::is_enum_v<T>, "say kLastOf"); }();

/// Throws an exception of the standard library's at a document of another shape.
class Reader {
 public:
  explicit Reader(const nlohmann::json& document) : document_{document} {}

  template <class T>
  void operator()(const char* name, T& value) {
    const auto found = document_.find(name);
    if (found != document_.end()) decode(*found, value);
  }

  template <class T>
  static void decode(const nlohmann::json& from, T& value) {
    if constexpr (Listed<T>) {
      static_cast<void>(from.get_ref<const nlohmann::json::object_t&>());  // throws if it is none
      Reader reader{from};
      fields(reader, value);
    } else if constexpr (std::is_enum_v<T>) {
      const auto number = from.get<std::int64_t>();
      if (number < 0 || number > static_cast<std::int64_t>(kLastOf<T>)) {
        throw std::out_of_range{"a value that its kind does not have"};
      }
      value = static_cast<T>(number);
    } else {
      decode_plain(from, value);
    }
  }

 private:
  template <class T>
  static void decode_plain(const nlohmann::json& from, T& value) {
    from.get_to(value);
  }
  template <class Rep, class Period>
  static void decode_plain(const nlohmann::json& from, std::chrono::duration<Rep, Period>& value) {
    value = std::chrono::duration<Rep, Period>{from.get<Rep>()};
  }
  static void decode_plain(const nlohmann::json& from, WallTime& value) {
    value = WallTime{WallTime::duration{from.get<WallTime::rep>()}};
  }
  template <class T>
  static void decode_plain(const nlohmann::json& from, std::optional<T>& value) {
    decode(from, value.emplace());
  }
  template <class T>
  static void decode_plain(const nlohmann::json& from, std::vector<T>& list) {
    list.clear();
    for (const auto& item : from.get_ref<const nlohmann::json::array_t&>())
      decode(item, list.emplace_back());
  }
  template <class A, class B>
  static void decode_plain(const nlohmann::json& from, std::pair<A, B>& pair) {
    decode(from.at(0), pair.first);
    decode(from.at(1), pair.second);
  }
  static void decode_plain(const nlohmann::json& from, std::shared_ptr<const std::string>& text) {
    text = std::make_shared<const std::string>(from.get<std::string>());
  }

  const nlohmann::json& document_;
};

}  // namespace cex::storage
