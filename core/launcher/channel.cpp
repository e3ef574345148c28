// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/channel.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

constexpr std::size_t kControlSize = CMSG_SPACE(sizeof(int) * wire::kMaxFds);

void copy(void* to, const void* from, std::size_t size) {
  auto* out = static_cast<unsigned char*>(to);
  const auto* in = static_cast<const unsigned char*>(from);
  for (std::size_t i = 0; i < size; ++i) out[i] = in[i];
}

}  // namespace

bool send_message(int socket, const void* message, std::size_t size, const int* fds,
                  std::uint32_t count) {
  iovec part{const_cast<void*>(message), size};
  alignas(cmsghdr) unsigned char control[kControlSize]{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (count > 0) {
    header.msg_control = control;
    header.msg_controllen = CMSG_SPACE(sizeof(int) * count);
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int) * count);
    copy(CMSG_DATA(rights), fds, sizeof(int) * count);
  }
  while (true) {
    const long sent = raw::call(SYS_sendmsg, socket, &header, MSG_NOSIGNAL);
    if (sent == static_cast<long>(size)) return true;
    if (sent < 0 && errno == EINTR) continue;
    return false;
  }
}

Incoming receive_message(int socket, void* buffer, std::size_t capacity) {
  Incoming incoming{};
  iovec part{buffer, capacity};
  alignas(cmsghdr) unsigned char control[kControlSize]{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof(control);
  do {
    incoming.size = raw::call(SYS_recvmsg, socket, &header, MSG_CMSG_CLOEXEC);
  } while (incoming.size < 0 && errno == EINTR);
  if (incoming.size <= 0) return incoming;
  for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t bytes = item->cmsg_len - CMSG_LEN(0);
    const auto fds = static_cast<std::uint32_t>(bytes / sizeof(int));
    copy(&incoming.fds[incoming.count], CMSG_DATA(item), fds * sizeof(int));
    incoming.count += fds;
  }
  if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
    close_all(incoming);
    incoming.count = 0;
    incoming.size = -1;
    errno = EBADMSG;
  }
  return incoming;
}

void close_all(const Incoming& incoming) {
  for (std::uint32_t i = 0; i < incoming.count; ++i) raw::close(incoming.fds[i]);
}

}  // namespace cex::launcher
