// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cex::network {

/// Bytes on their way from one non-blocking socket to another, bounded.
class ByteQueue {
 public:
  static constexpr std::size_t kCapacity = std::size_t{32} << 10U;

  enum class Io : std::uint8_t {
    moved,   ///< some bytes, or none this time
    ended,   ///< the peer sends no more
    failed,  ///< the connection is broken
  };

  /// Reads at most `most` bytes, as far as there is room. `moved` says how many.
  [[nodiscard]] Io fill(int socket, std::uint64_t most, std::size_t& moved);
  /// Writes at most `most` of the bytes.
  [[nodiscard]] Io drain(int socket, std::uint64_t most, std::size_t& moved);

  void push(std::string_view bytes) { bytes_ += bytes; }
  void drop(std::size_t count);
  void keep_only(std::size_t count) { bytes_.resize(at_ + count); }

  [[nodiscard]] std::string_view view() const { return std::string_view{bytes_}.substr(at_); }
  [[nodiscard]] std::size_t size() const { return bytes_.size() - at_; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] bool has_room() const { return size() < kCapacity; }

 private:
  std::string bytes_;
  std::size_t at_{0};  // what is before it has gone
};

}  // namespace cex::network
