// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/launcher/wire.hpp"

namespace cex::launcher {

/// Sends one message with `count` descriptors; false with errno on failure. Never blocks for long:
/// the peer reads, or is gone.
bool send_message(int socket, const void* message, std::size_t size, const int* fds = nullptr,
                  std::uint32_t count = 0);

struct Incoming {
  long size{0};  ///< 0: the peer is gone; -1: errno
  int fds[wire::kMaxFds];
  std::uint32_t count{0};
};

/// Receives one message into `buffer`. Descriptors arrive close-on-exec. A message cut by the
/// buffer or with more descriptors than kMaxFds counts as malformed: size -1, errno EBADMSG,
/// nothing kept.
Incoming receive_message(int socket, void* buffer, std::size_t capacity);

void close_all(const Incoming& incoming);

/// True if the message is whole and says it is of `type`.
template <class Message>
bool is(const Message& message, long size, wire::Type type) {
  return size == static_cast<long>(sizeof(Message)) && message.header.magic == wire::kMagic &&
         message.header.version == wire::kVersion && message.header.type == type;
}

}  // namespace cex::launcher
