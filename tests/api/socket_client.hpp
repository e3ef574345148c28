// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/api/api_fixture.hpp"

namespace cex::test {

/// A WebSocket client that sends exactly the frames it is given.
class SocketClient {
 public:
  /// Asks for the job's WebSocket; `query` begins with '?' or is empty.
  SocketClient(const Api& api, const std::string& job, const std::string& query = "",
               const Headers& headers = {});

  /// The answer to the handshake: status 101, or a problem with its body.
  [[nodiscard]] const HttpResponse& answer() const noexcept { return answer_; }

  void say(const json& message);
  void type(std::string_view input) { say({{"type", "stdin"}, {"data", input}}); }
  /// One frame with this first byte, masked.
  void send_frame(unsigned first, std::string_view payload);
  void send(std::string_view bytes) { client_.send(bytes); }

  /// The next message; null at a close frame (whose code is then known) and at the end. Pings are
  /// answered meanwhile.
  [[nodiscard]] json next();
  /// The messages up to the first of this type, or to the end.
  [[nodiscard]] json until(const std::string& type);
  /// The output from where the last call ended up to and with this text. Fails the test if the job
  /// ends without it.
  std::string until_output(std::string_view text);

  [[nodiscard]] std::optional<unsigned> close_code() const noexcept { return close_code_; }
  [[nodiscard]] int fd() const noexcept { return client_.fd(); }
  void close() { client_.close(); }
  /// One frame: its first byte and payload; empty at the end.
  [[nodiscard]] std::optional<std::pair<unsigned, std::string>> read_frame();

 private:
  RawClient client_;
  HttpResponse answer_;
  std::string output_;
  std::optional<unsigned> close_code_;
};

}  // namespace cex::test
