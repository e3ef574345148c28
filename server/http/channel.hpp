// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace cex::http {

/// What one attempt to move bytes came to.
struct Moved {
  enum class State : std::uint8_t {
    some,     ///< `bytes` of them
    blocked,  ///< wait until the descriptor is ready for `events` (poll), then ask again
    ended,    ///< receive: the other side is done
    broken,
  };
  State state{State::broken};
  std::size_t bytes{0};
  short events{0};
};

/// The bytes of one connection, in the clear or through TLS, without ever waiting. Does not own the
/// descriptor. One thread at a time.
class Channel {
 public:
  virtual ~Channel() = default;

  [[nodiscard]] virtual int fd() const noexcept = 0;
  [[nodiscard]] virtual Moved receive(char* buffer, std::size_t size) = 0;
  [[nodiscard]] virtual Moved send(const char* bytes, std::size_t size) = 0;
  /// Are there bytes to receive that poll() cannot know of?
  [[nodiscard]] virtual bool has_buffered() const = 0;
  /// Tells the other side that nothing more will be sent. Receiving may go on.
  virtual void finish_sending() = 0;
  /// The other side spoke HTTP where TLS was expected; an answer must go out in the clear.
  [[nodiscard]] virtual bool met_plain_http() const noexcept { return false; }
};

/// Bytes as they are.
class PlainChannel final : public Channel {
 public:
  explicit PlainChannel(int fd) noexcept : fd_{fd} {}

  [[nodiscard]] int fd() const noexcept override { return fd_; }
  [[nodiscard]] Moved receive(char* buffer, std::size_t size) override;
  [[nodiscard]] Moved send(const char* bytes, std::size_t size) override;
  [[nodiscard]] bool has_buffered() const override { return false; }
  void finish_sending() override;

 private:
  int fd_;
};

}  // namespace cex::http
