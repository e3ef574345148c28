// SPDX-License-Identifier: Apache-2.0
#include "server/ws/frames.hpp"

#include <cstdint>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::ws {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kMost = 70'000;
constexpr std::uint8_t kFin = 0x80;

// As a client sends it.
std::string masked(std::uint8_t first, std::string_view payload, bool mask = true) {
  std::string out{static_cast<char>(first)};
  const auto flag = static_cast<std::uint8_t>(mask ? 0x80 : 0);
  if (payload.size() < 126) {
    out += static_cast<char>(flag | payload.size());
  } else if (payload.size() <= 0xFFFF) {
    out += static_cast<char>(flag | 126U);
    for (const unsigned shift : {8U, 0U}) out += static_cast<char>(payload.size() >> shift);
  } else {
    out += static_cast<char>(flag | 127U);
    for (unsigned shift = 64; shift > 0; shift -= 8) {
      out += static_cast<char>(payload.size() >> (shift - 8));
    }
  }
  constexpr std::string_view kMask{"\x12\x34\x56\x78", 4};
  if (mask) out += kMask;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out += mask ? static_cast<char>(payload[i] ^ kMask[i % 4]) : payload[i];
  }
  return out;
}

std::string text(std::string_view payload) {
  return masked(kFin | 1U, payload);
}

struct Read {
  std::vector<Message> messages;
  std::optional<Fault> fault;
};

Read read(std::string_view bytes, std::size_t at_once = SIZE_MAX) {
  FrameReader reader{kMost};
  Read read;
  while (!bytes.empty()) {
    reader.add(bytes.substr(0, at_once));
    bytes.remove_prefix(std::min(at_once, bytes.size()));
    while (true) {
      auto next = reader.next();
      if (!next) {
        read.fault = next.error();
        return read;
      }
      if (!*next) break;
      read.messages.push_back(**std::move(next));
    }
  }
  return read;
}

TEST(FrameReader, reads_messages_of_all_three_lengths_however_they_arrive) {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U}) {
    const std::string payload(size, 'x');
    const std::string bytes = text(payload) + text("end");
    for (const std::size_t at_once : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
      const auto got = read(bytes, at_once);
      ASSERT_EQ(got.messages.size(), 2U) << size;
      EXPECT_EQ(got.messages[0].data, payload);
      EXPECT_EQ(got.messages[1].data, "end");
    }
  }
}

TEST(FrameReader, joins_fragments_and_lets_control_frames_between) {
  const auto got = read(masked(1, "f\xC3") + masked(kFin | 9U, "ping") + masked(0, "\xA9") +
                        masked(kFin, "!") + masked(kFin | 10U, ""));
  ASSERT_EQ(got.messages.size(), 3U);
  EXPECT_EQ(got.messages[0].kind, Message::Kind::ping);
  EXPECT_EQ(got.messages[0].data, "ping");
  EXPECT_EQ(got.messages[1].kind, Message::Kind::text);
  EXPECT_EQ(got.messages[1].data, "f\xC3\xA9!");
  EXPECT_EQ(got.messages[2].kind, Message::Kind::pong);
}

TEST(FrameReader, reads_close_frames) {
  EXPECT_EQ(read(masked(kFin | 8U, "")).messages.at(0).kind, Message::Kind::close);
  EXPECT_EQ(read(masked(kFin | 8U,
                        "\x03\xE8"
                        "bye"))
                .messages.at(0)
                .data,
            "\x03\xE8"
            "bye");
}

TEST(FrameReader, refuses_what_the_protocol_forbids) {
  struct Case {
    std::string bytes;
    Close code;
    const char* why;
  };
  const std::string huge(kMost + 1, 'x');
  const Case cases[]{
      {masked(kFin | 1U, "x", false), Close::protocol_error, "masked"},
      {masked(kFin | 0x41U, "x"), Close::protocol_error, "extension"},
      {masked(kFin | 2U, "x"), Close::unsupported, "JSON"},
      {masked(kFin | 3U, "x"), Close::protocol_error, "opcode"},
      {masked(kFin | 11U, "x"), Close::protocol_error, "opcode"},
      {masked(kFin, "x"), Close::protocol_error, "fragments"},
      {masked(1, "x") + text("y"), Close::protocol_error, "fragments"},
      {masked(9, "x"), Close::protocol_error, "control"},
      {masked(kFin | 9U, std::string(126, 'x')), Close::protocol_error, "control"},
      {masked(kFin | 8U, "\x03"), Close::protocol_error, "close"},
      {masked(kFin | 8U, "\x03\xED"), Close::protocol_error, "close"},  // 1005
      {text("\xFF"), Close::bad_text, "UTF-8"},
      {text(huge).substr(0, 20), Close::too_big, "70000"},  // told by its head
      {masked(1, std::string(60'000, 'x')) + masked(0, std::string(10'001, 'x')), Close::too_big,
       "70000"},
      {std::string{"\x81\xFE\x00\x01", 4}, Close::protocol_error, "shortest"},
      {std::string{"\x81\xFF\x00\x00\x00\x00\x00\x00\xFF\xFF", 10}, Close::protocol_error,
       "shortest"},
      {std::string{"\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10}, Close::too_big, "70000"},
  };
  for (const Case& wrong : cases) {
    const auto got = read(wrong.bytes);
    ASSERT_TRUE(got.fault) << wrong.why;
    EXPECT_EQ(got.fault->code, wrong.code) << wrong.why;
    EXPECT_THAT(got.fault->reason, HasSubstr(wrong.why));
  }
}

TEST(Frames, are_unmasked_and_have_the_shortest_length) {
  EXPECT_EQ(text_frame("hi"), "\x81\x02hi");
  EXPECT_EQ(text_frame(std::string(126, 'x')).substr(0, 4), std::string("\x81\x7E\x00\x7E", 4));
  EXPECT_EQ(text_frame(std::string(65'536, 'x')).substr(0, 10),
            std::string("\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10));
  EXPECT_EQ(ping_frame(), std::string("\x89\x00", 2));
  EXPECT_EQ(pong_frame("p"), "\x8A\x01p");
  EXPECT_EQ(close_frame(Close::normal, ""), "\x88\x02\x03\xE8");
}

TEST(Frames, cut_a_close_reason_between_characters) {
  std::string reason(119, 'x');
  reason += "\xC3\xA9";
  const std::string frame = close_frame(Close::policy, reason);
  EXPECT_EQ(frame.size(), 2U + 2U + 119U);
}

}  // namespace
}  // namespace cex::ws
