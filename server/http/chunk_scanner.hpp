// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cex::http {

/// Follows a chunked body (RFC 9112 section 7.1) byte by byte without keeping any, stricter than
/// the parser behind it: no chunk extensions, no trailer fields, sizes of at most eight hex digits.
class ChunkScanner {
 public:
  enum class Status : std::uint8_t { more, complete, broken };

  /// Scans `bytes`, stops behind the body's last byte. Returns how many bytes belong to the body;
  /// after `broken` the rest of the connection is worthless.
  std::size_t scan(std::string_view bytes);

  [[nodiscard]] Status status() const noexcept { return status_; }

 private:
  enum class Expect : std::uint8_t {
    size,
    size_feed,
    data,
    data_return,
    data_feed,
    end_return,
    end_feed
  };

  void step(char c);

  Status status_{Status::more};
  Expect expect_{Expect::size};
  int digits_{0};
  std::uint64_t left_{0};
};

}  // namespace cex::http
