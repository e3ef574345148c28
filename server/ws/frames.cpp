// SPDX-License-Identifier: Apache-2.0
#include "server/ws/frames.hpp"

#include "core/base/text.hpp"

namespace cex::ws {
namespace {

enum Opcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};
constexpr std::uint8_t kLast = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::size_t kMaskBytes = 4;
constexpr std::size_t kMaxControl = 125;
constexpr std::size_t kLength16 = 126;
constexpr std::size_t kLength64 = 127;
constexpr std::size_t kMaxReason = 120;

tl::unexpected<Fault> fault(Close code, std::string reason) {
  return tl::unexpected(Fault{code, std::move(reason)});
}

bool is_control(std::uint8_t opcode) {
  return (opcode & 0x8U) != 0;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8U) | static_cast<unsigned char>(c);
  return value;
}

void put_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) {
    out += static_cast<char>((value >> (8U * static_cast<unsigned>(i))) & 0xFFU);
  }
}

std::string frame(std::uint8_t opcode, std::string_view payload) {
  std::string out;
  out.reserve(payload.size() + 10);
  out += static_cast<char>(kLast | opcode);
  if (payload.size() < kLength16) {
    out += static_cast<char>(payload.size());
  } else if (payload.size() <= 0xFFFF) {
    out += static_cast<char>(kLength16);
    put_big_endian(out, payload.size(), 2);
  } else {
    out += static_cast<char>(kLength64);
    put_big_endian(out, payload.size(), 8);
  }
  out += payload;
  return out;
}

bool is_close_code(std::uint64_t code) {
  constexpr std::uint64_t kNoStatus = 1004;  // to 1006: never on the wire
  const bool known = code >= 1000 && code <= 1014 && (code < kNoStatus || code > 1006);
  return known || (code >= 3000 && code <= 4999);
}

bool is_close_payload(std::string_view payload) {
  if (payload.empty()) return true;
  return payload.size() >= 2 && is_close_code(big_endian(payload.substr(0, 2))) &&
         is_valid_utf8(payload.substr(2));
}

}  // namespace

tl::expected<std::optional<FrameReader::Head>, Fault> FrameReader::read_head() const {
  if (buffer_.size() < 2) return std::nullopt;
  const auto first = static_cast<std::uint8_t>(buffer_[0]);
  const auto second = static_cast<std::uint8_t>(buffer_[1]);
  if ((first & kReserved) != 0) return fault(Close::protocol_error, "no extension was agreed on");
  if ((second & kMasked) == 0) return fault(Close::protocol_error, "a client's frames are masked");
  Head head{(first & kLast) != 0, static_cast<std::uint8_t>(first & 0x0FU), 2,
            std::size_t{second} & 0x7FU};
  const std::size_t extra = head.length == kLength16 ? 2U : head.length == kLength64 ? 8U : 0U;
  if (buffer_.size() < 2 + extra) return std::nullopt;
  if (extra > 0) {
    const std::uint64_t length = big_endian(std::string_view{buffer_}.substr(2, extra));
    const bool shortest = extra == 2 ? length >= kLength16 : length > 0xFFFF;
    if (!shortest) return fault(Close::protocol_error, "a length has its shortest form");
    head.length = length;
  }
  head.size += extra + kMaskBytes;
  if (auto good = check(head); !good) return tl::unexpected(good.error());
  // Judged before its payload is waited for: what is refused need not arrive.
  if (buffer_.size() < head.size + head.length) return std::nullopt;
  return head;
}

tl::expected<void, Fault> FrameReader::check(const Head& head) const {
  if (is_control(head.opcode)) {
    if (head.opcode > kPong) return fault(Close::protocol_error, "unknown opcode");
    if (!head.last || head.length > kMaxControl) {
      return fault(Close::protocol_error, "a control frame is one, of at most 125 bytes");
    }
    return {};
  }
  if (head.opcode == kBinary) return fault(Close::unsupported, "send text messages, in JSON");
  if (head.opcode > kBinary) return fault(Close::protocol_error, "unknown opcode");
  if ((head.opcode == kContinuation) != fragments_) {
    return fault(Close::protocol_error, "fragments of a message follow each other");
  }
  if (head.length > max_message_ || text_.size() + head.length > max_message_) {
    return fault(Close::too_big, "a message may have " + std::to_string(max_message_) + " bytes");
  }
  return {};
}

std::string FrameReader::take_payload(const Head& head) {
  const std::string mask = buffer_.substr(head.size - kMaskBytes, kMaskBytes);
  std::string payload = buffer_.substr(head.size, head.length);
  buffer_.erase(0, head.size + head.length);
  if (buffer_.empty()) buffer_.shrink_to_fit();  // thousands of silent clients hold nothing
  for (std::size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ mask[i % kMaskBytes]);
  }
  return payload;
}

tl::expected<std::optional<Message>, Fault> FrameReader::next() {
  while (true) {
    auto found = read_head();
    if (!found) return tl::unexpected(std::move(found).error());
    if (!*found) return std::nullopt;
    const Head head = **found;
    std::string payload = take_payload(head);
    if (head.opcode == kPing) return Message{Message::Kind::ping, std::move(payload)};
    if (head.opcode == kPong) return Message{Message::Kind::pong, std::move(payload)};
    if (head.opcode == kClose) {
      if (!is_close_payload(payload)) return fault(Close::protocol_error, "malformed close frame");
      return Message{Message::Kind::close, std::move(payload)};
    }
    text_ += payload;
    fragments_ = !head.last;
    if (fragments_) continue;
    Message message{Message::Kind::text, std::exchange(text_, {})};
    if (!is_valid_utf8(message.data)) return fault(Close::bad_text, "a text is UTF-8");
    return message;
  }
}

std::string text_frame(std::string_view text) {
  return frame(kText, text);
}

std::string ping_frame() {
  return frame(kPing, {});
}

std::string pong_frame(std::string_view payload) {
  return frame(kPong, payload);
}

std::string close_frame(Close code, std::string_view reason) {
  std::string payload;
  put_big_endian(payload, static_cast<std::uint16_t>(code), 2);
  payload += reason.substr(0, kMaxReason);
  // A text may not be cut within a character.
  while (!is_valid_utf8(std::string_view{payload}.substr(2))) payload.pop_back();
  return frame(kClose, payload);
}

}  // namespace cex::ws
