// SPDX-License-Identifier: Apache-2.0
#include "tests/api/socket_client.hpp"

namespace cex::test {
namespace {

constexpr unsigned kLast = 0x80;
constexpr unsigned kText = 1;
constexpr unsigned kClose = 8;
constexpr unsigned kPing = 9;
constexpr unsigned kPong = 10;

std::string big_endian(std::size_t value, unsigned bytes) {
  std::string out;
  for (unsigned shift = 8 * bytes; shift > 0; shift -= 8) {
    out += static_cast<char>(value >> (shift - 8));
  }
  return out;
}

std::size_t from_big_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

SocketClient::SocketClient(const Api& api, const std::string& job, const std::string& query,
                           const Headers& headers)
    : client_{api.connect()} {
  std::string request = "GET /v1/jobs/" + job + "/io" + query +
                        " HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\n"
                        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  client_.send(request + "\r\n");
  answer_ = client_.read_head();
  const std::string length = answer_.header("content-length");
  if (!length.empty()) answer_.body = client_.read_bytes(std::stoul(length));
}

void SocketClient::say(const json& message) {
  send_frame(kLast | kText, message.dump());
}

void SocketClient::send_frame(unsigned first, std::string_view payload) {
  constexpr std::string_view kMask = "mask";
  std::string frame(1, static_cast<char>(first));
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80U | payload.size());
  } else if (payload.size() <= 0xFFFF) {
    frame += static_cast<char>(0x80U | 126U);
    frame += big_endian(payload.size(), 2);
  } else {
    frame += static_cast<char>(0x80U | 127U);
    frame += big_endian(payload.size(), 8);
  }
  frame += kMask;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ kMask[i % kMask.size()]);
  }
  client_.send(frame);
}

std::optional<std::pair<unsigned, std::string>> SocketClient::read_frame() {
  const std::string head = client_.read_bytes(2);
  if (head.size() < 2) return std::nullopt;
  std::size_t length = static_cast<unsigned char>(head[1]);
  if (length == 126)
    length = from_big_endian(client_.read_bytes(2));
  else if (length == 127)
    length = from_big_endian(client_.read_bytes(8));
  std::string payload = client_.read_bytes(length);
  if (payload.size() < length) return std::nullopt;
  return std::pair{static_cast<unsigned>(static_cast<unsigned char>(head[0])), std::move(payload)};
}

json SocketClient::next() {
  while (auto frame = read_frame()) {
    const auto& [first, payload] = *frame;
    if (first == (kLast | kPing)) send_frame(kLast | kPong, payload);
    if (first == (kLast | kText)) return json::parse(payload);
    if (first == (kLast | kClose)) {
      close_code_ = static_cast<unsigned>(from_big_endian(payload.substr(0, 2)));
      return nullptr;
    }
  }
  return nullptr;
}

json SocketClient::until(const std::string& type) {
  json message = next();
  while (!message.is_null() && message["type"] != type) message = next();
  return message;
}

std::string SocketClient::until_output(std::string_view text) {
  while (output_.find(text) == std::string::npos) {
    const json message = next();
    if (message.is_null() || message["type"] == "result" || message["type"] == "error") {
      ADD_FAILURE() << "never printed: " << text << "\nbut: " << output_ << "\nand: " << message;
      return std::exchange(output_, {});
    }
    if (message["type"] == "stdout") output_ += message["data"].get<std::string>();
  }
  std::string found = output_.substr(0, output_.find(text) + text.size());
  output_.erase(0, found.size());
  return found;
}

}  // namespace cex::test
