// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/launcher/wire.hpp"

namespace cex::sandbox {

/// One message with descriptors over SOCK_SEQPACKET. Errors: Errc::system.
[[nodiscard]] Result<void> send_message(int socket, const void* message, std::size_t size,
                                        const std::vector<int>& fds = {});

struct Received {
  std::size_t size{0};  ///< 0: the peer is gone
  std::vector<UniqueFd> fds;
};

/// Waits for one message. Descriptors arrive close-on-exec.
[[nodiscard]] Result<Received> receive_message(int socket, void* buffer, std::size_t capacity);

/// Any message of the launcher's side, to be told apart by its header.
union Message {
  wire::Header header;
  wire::Report report;
  wire::Ready ready;
  wire::Started started;
  wire::Exited exited;
  wire::Booted booted;
  wire::Plain plain;
  Message() : exited{} {}
};

/// Waits for one message of the launcher or of a slot. Errors: Errc::internal also for one that is
/// not whole, of another version, or of a type that only the server sends.
[[nodiscard]] Result<Received> receive_message(int socket, Message& message);

}  // namespace cex::sandbox
