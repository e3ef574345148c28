// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

namespace cex {

struct SocketPair {
  UniqueFd ours;
  UniqueFd theirs;
};

/// Two connected local sockets of this type, close-on-exec. Errors: Errc::system.
[[nodiscard]] inline Result<SocketPair> make_socket_pair(int type) {
  int ends[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0) return fail_errno("socketpair");
  return SocketPair{UniqueFd{ends[0]}, UniqueFd{ends[1]}};
}

}  // namespace cex
