// SPDX-License-Identifier: Apache-2.0
#include "core/network/byte_queue.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace cex::network {
namespace {

constexpr std::size_t kChunk = 16'384;

bool is_for_later(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

ByteQueue::Io ByteQueue::fill(int socket, std::uint64_t most, std::size_t& moved) {
  moved = 0;
  std::array<char, kChunk> chunk;
  const std::size_t room = has_room() ? kCapacity - size() : 0;
  const std::size_t wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>({most, room, chunk.size()}));
  if (wanted == 0) return Io::moved;
  const ssize_t got = ::recv(socket, chunk.data(), wanted, 0);
  if (got == 0) return Io::ended;
  if (got < 0) return is_for_later(errno) ? Io::moved : Io::failed;
  moved = static_cast<std::size_t>(got);
  bytes_.append(chunk.data(), moved);
  return Io::moved;
}

ByteQueue::Io ByteQueue::drain(int socket, std::uint64_t most, std::size_t& moved) {
  moved = 0;
  const auto ready =
      view().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(most, size())));
  if (ready.empty()) return Io::moved;
  const ssize_t sent = ::send(socket, ready.data(), ready.size(), MSG_NOSIGNAL);
  if (sent < 0) return is_for_later(errno) ? Io::moved : Io::failed;
  moved = static_cast<std::size_t>(sent);
  drop(moved);
  return Io::moved;
}

void ByteQueue::drop(std::size_t count) {
  at_ += count;
  // Moving the rest down is worth it only when much has gone: each byte moves at most once.
  if (at_ >= kCapacity || at_ == bytes_.size()) {
    bytes_.erase(0, at_);
    at_ = 0;
  }
}

}  // namespace cex::network
