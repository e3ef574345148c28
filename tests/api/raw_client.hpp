// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/unique_fd.hpp"

namespace cex::test {

/// `base` times CEX_TEST_TIME_FACTOR (default 1): how long to wait before giving up.
[[nodiscard]] std::chrono::milliseconds patience(std::chrono::milliseconds base);

struct HttpResponse {
  int status{0};                               ///< 0: the connection ended without an answer
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  [[nodiscard]] std::string header(const std::string& name) const;
};

/// One TCP connection that sends exactly the bytes it is given.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);

  void send(std::string_view bytes);
  /// The next response on the connection; reads no byte beyond it.
  [[nodiscard]] HttpResponse read_response(bool head_request = false);
  /// Only the status line and the header fields.
  [[nodiscard]] HttpResponse read_head();
  /// Everything until the server closes; empty optional if it does not in time.
  [[nodiscard]] std::optional<std::string> read_to_end();
  /// Until `text` has been read (the result includes it), or the connection ends, or time is up.
  [[nodiscard]] std::string read_until(std::string_view text);
  /// This many bytes; fewer if the connection ends, or time is up.
  [[nodiscard]] std::string read_bytes(std::size_t count);
  void half_close();
  void close() { fd_.reset(); }

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  bool fill(std::chrono::steady_clock::time_point deadline);

  UniqueFd fd_;
  std::string buffer_;
  bool ended_{false};
};

}  // namespace cex::test
