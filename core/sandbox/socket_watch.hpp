// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::sandbox {

/// End-of-file, or something to be read. -1 has none.
[[nodiscard]] bool has_news(int socket);

/// Which sockets have something to read, or were closed at the other end. A socket that is removed
/// wakes nobody any more, and one that is added is waited for by a wait() that is under way:
/// whoever lends a socket out need not wake the thread that waits. Thread-safe.
class SocketWatch {
 public:
  /// Throws std::system_error where the process may have no more descriptors.
  SocketWatch();

  /// `key` is what wait() will say. Errors: Errc::system where the kernel has no memory for it.
  [[nodiscard]] Result<void> add(int socket, std::size_t key);
  /// To be called before the socket is closed. One that is not there is no error.
  void remove(int socket);
  /// The keys of those that have news, some at a time, after at most `timeout_ms` (-1: no bound). A
  /// key may be of a socket that was removed in this moment.
  [[nodiscard]] std::vector<std::size_t> wait(int timeout_ms) const;

 private:
  UniqueFd epoll_;
};

}  // namespace cex::sandbox
