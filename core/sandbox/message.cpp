// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/message.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstring>

namespace cex::sandbox {
namespace {

constexpr std::size_t kControlSize = CMSG_SPACE(sizeof(int) * wire::kMaxFds);

// How long a message of this type is; 0 for one that we never receive.
std::size_t size_of(wire::Type type) {
  using wire::Type;
  switch (type) {
    case Type::configured:
    case Type::broken:
      return sizeof(wire::Report);
    case Type::ready:
      return sizeof(wire::Ready);
    case Type::started:
      return sizeof(wire::Started);
    case Type::exited:
      return sizeof(wire::Exited);
    case Type::booted:
      return sizeof(wire::Booted);
    case Type::clean:
    case Type::map_ids:
      return sizeof(wire::Plain);
    case Type::configure:
    case Type::open_slot:
    case Type::run:
    case Type::boot:
    case Type::kill:
    case Type::release:
    case Type::ids_mapped:
    case Type::signal:
      return 0;
  }
  return 0;
}

}  // namespace

Result<void> send_message(int socket, const void* message, std::size_t size,
                          const std::vector<int>& fds) {
  iovec part{const_cast<void*>(message), size};
  alignas(cmsghdr) std::array<unsigned char, kControlSize> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!fds.empty()) {
    const std::size_t bytes = sizeof(int) * fds.size();
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(bytes);
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(bytes);
    std::memcpy(CMSG_DATA(rights), fds.data(), bytes);
  }
  while (::sendmsg(socket, &header, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return fail_errno("send to the launcher");
  }
  return {};
}

Result<Received> receive_message(int socket, void* buffer, std::size_t capacity) {
  iovec part{buffer, capacity};
  alignas(cmsghdr) std::array<unsigned char, kControlSize> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t size = 0;
  do {
    size = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  // A launcher that was killed with a message in its queue resets the connection.
  if (size < 0 && errno == ECONNRESET) size = 0;
  if (size < 0) return fail_errno("receive from the launcher");
  Received received;
  received.size = static_cast<std::size_t>(size);
  for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(item) + i * sizeof(int), sizeof(int));
      received.fds.emplace_back(fd);
    }
  }
  if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
    return fail(Errc::internal, "the launcher sent a message of the wrong size");
  }
  return received;
}

Result<Received> receive_message(int socket, Message& message) {
  CEX_TRY(Received received, receive_message(socket, &message, sizeof(message)));
  if (received.size == 0) return received;
  const wire::Header& header = message.header;
  if (received.size < sizeof(header) || header.magic != wire::kMagic ||
      header.version != wire::kVersion || received.size != size_of(header.type)) {
    return fail(Errc::internal, "the launcher sent a message that is none of ours");
  }
  return received;
}

}  // namespace cex::sandbox
