// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

/// WebSocket (RFC 6455) as a server speaks it, over bytes: no sockets, no threads.
namespace cex::ws {

enum class Close : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported = 1003,
  bad_text = 1007,
  policy = 1008,
  too_big = 1009,
  internal = 1011,
};

struct Message {
  enum class Kind : std::uint8_t { text, ping, pong, close };
  Kind kind{Kind::text};
  std::string data;  ///< a text, complete and valid UTF-8, or a control frame's payload
};

/// Why the connection must be closed.
struct Fault {
  Close code{Close::protocol_error};
  std::string reason;  ///< at most 120 bytes
};

/// Takes a client's bytes apart into messages. Fragments are joined; control frames may come
/// between them. Holds at most one message, and what add() brought.
class FrameReader {
 public:
  explicit FrameReader(std::size_t max_message) : max_message_{max_message} {}

  void add(std::string_view bytes) { buffer_ += bytes; }
  /// The next message; empty: its end has not arrived. After a fault there is nothing more to read.
  [[nodiscard]] tl::expected<std::optional<Message>, Fault> next();

 private:
  struct Head {
    bool last;
    std::uint8_t opcode;
    std::size_t size;    ///< of the head
    std::size_t length;  ///< of the payload
  };
  [[nodiscard]] tl::expected<std::optional<Head>, Fault> read_head() const;
  [[nodiscard]] tl::expected<void, Fault> check(const Head& head) const;
  [[nodiscard]] std::string take_payload(const Head& head);

  std::size_t max_message_;
  std::string buffer_;
  std::string text_;       ///< of the fragments so far
  bool fragments_{false};  ///< a message has begun and not ended
};

/// One whole message, as a server sends it: unmasked.
[[nodiscard]] std::string text_frame(std::string_view text);
[[nodiscard]] std::string ping_frame();
/// `payload`: that of the ping.
[[nodiscard]] std::string pong_frame(std::string_view payload);
[[nodiscard]] std::string close_frame(Close code, std::string_view reason);

}  // namespace cex::ws
