// SPDX-License-Identifier: Apache-2.0
#include "core/network/client_hello.hpp"

#include <cstdint>
#include <optional>

namespace cex::network {
namespace {

constexpr std::size_t kRecordHead = 5;
constexpr std::size_t kMessageHead = 4;
constexpr std::size_t kMaxRecord = 16'384;
constexpr std::size_t kVersionAndRandom = 34;
constexpr std::uint8_t kClientHelloType = 1;
constexpr std::uint16_t kServerNameExtension = 0;
constexpr std::uint16_t kEncryptedHelloExtension = 0xfe0d;
constexpr std::uint8_t kHostName = 0;

/// Takes big-endian numbers and blocks off the front; any shortage sticks.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : left_{bytes} {}

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool empty() const { return left_.empty(); }

  std::string_view take(std::size_t size) {
    if (size > left_.size()) {
      good_ = false;
      left_ = {};
      return {};
    }
    const auto taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::size_t number(std::size_t bytes) {
    std::size_t value = 0;
    for (const char c : take(bytes)) value = value << 8U | static_cast<std::uint8_t>(c);
    return value;
  }
  /// A block behind its own length.
  std::string_view block(std::size_t length_bytes) { return take(number(length_bytes)); }

 private:
  std::string_view left_;
  bool good_{true};
};

ClientHello malformed() {
  ClientHello hello;
  hello.progress = Progress::malformed;
  return hello;
}

ClientHello until(std::size_t wanted) {
  if (wanted > kMaxClientHello) return malformed();
  ClientHello hello;
  hello.wanted = wanted;
  return hello;
}

/// Exactly one name, of the one kind there is.
bool read_names(std::string_view extension, ClientHello& hello) {
  Cursor outer{extension};
  Cursor list{outer.block(2)};
  const bool host_name = list.number(1) == kHostName;
  hello.server_name = list.block(2);
  return outer.good() && outer.empty() && list.good() && list.empty() && host_name &&
         !hello.server_name.empty();
}

ClientHello read_body(std::string_view body) {
  ClientHello hello;
  Cursor cursor{body};
  cursor.take(kVersionAndRandom);
  cursor.block(1);  // session
  cursor.block(2);  // cipher suites
  cursor.block(1);  // compression
  if (!cursor.good()) return malformed();
  hello.progress = Progress::complete;
  if (cursor.empty()) return hello;
  Cursor extensions{cursor.block(2)};
  if (!cursor.good() || !cursor.empty()) return malformed();
  bool named = false;
  while (!extensions.empty()) {
    const std::size_t type = extensions.number(2);
    const auto content = extensions.block(2);
    if (!extensions.good()) return malformed();
    if (type == kEncryptedHelloExtension) hello.encrypted = true;
    if (type != kServerNameExtension) continue;
    // Two of them could mean one name to us and another to the server.
    if (named || !read_names(content, hello)) return malformed();
    named = true;
  }
  return hello;
}

}  // namespace

ClientHello read_client_hello(std::string_view bytes) {
  std::string message;  // the handshake's bytes, without the records around them
  std::size_t at = 0;
  while (true) {
    if (bytes.size() < at + kRecordHead) return until(at + kRecordHead);
    Cursor head{bytes.substr(at, kRecordHead)};
    const bool handshake = head.number(1) == static_cast<std::size_t>(kTlsHandshake);
    const std::size_t major = head.number(1);
    head.number(1);
    const std::size_t length = head.number(2);
    if (!handshake || major != 3 || length == 0 || length > kMaxRecord) return malformed();
    if (bytes.size() < at + kRecordHead + length) return until(at + kRecordHead + length);
    message += bytes.substr(at + kRecordHead, length);
    at += kRecordHead + length;
    if (message.size() < kMessageHead) continue;
    Cursor cursor{message};
    if (cursor.number(1) != kClientHelloType) return malformed();
    const std::size_t size = cursor.number(3);
    if (size > kMaxClientHello) return malformed();
    if (message.size() >= kMessageHead + size) return read_body(cursor.take(size));
  }
}

}  // namespace cex::network
