// SPDX-License-Identifier: Apache-2.0

// Messages between server and launcher, with descriptors beside them, as both ends receive them.
// The input: how many descriptors come along, how large the reader's buffer is, then the message.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "core/base/unique_fd.hpp"
#include "core/launcher/channel.hpp"
#include "core/sandbox/launcher_process.hpp"
#include "core/sandbox/message.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using cex::UniqueFd;
using cex::fuzz::require;
namespace launcher = cex::launcher;
namespace wire = cex::wire;

struct Pair {
  UniqueFd ours;
  UniqueFd theirs;
  Pair() {
    int ends[2];
    require(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
    ours.reset(ends[0]);
    theirs.reset(ends[1]);
  }
};

void send(const Pair& pair, std::string_view message, std::size_t descriptors) {
  const std::vector<int> fds(descriptors, STDERR_FILENO);
  require(
      cex::sandbox::send_message(pair.ours.get(), message.data(), message.size(), fds).has_value(),
      "a message of any bytes can be sent");
}

// The lowest free number: leaked descriptors would move it.
int next_descriptor() {
  const UniqueFd probe{::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)};
  return probe.get();
}

void read_as_launcher(std::string_view message, std::size_t descriptors, std::size_t capacity) {
  const Pair pair;
  send(pair, message, descriptors);
  alignas(8) unsigned char buffer[256]{};
  const auto incoming = launcher::receive_message(pair.theirs.get(), buffer, capacity);
  require(incoming.count <= wire::kMaxFds, "no more descriptors than there is room for");
  if (message.size() > capacity) require(incoming.size < 0, "a message that is cut is refused");
  if (incoming.size < 0) require(incoming.count == 0, "nothing of a refused message is kept");
  launcher::close_all(incoming);
}

void read_as_server(std::string_view message, std::size_t descriptors) {
  const Pair pair;
  send(pair, message, descriptors);
  cex::sandbox::Message received;
  const auto got = cex::sandbox::receive_message(pair.theirs.get(), received);
  if (!got || got->size == 0) return;
  require(got->size == message.size(), "a message comes whole");
  require(received.header.magic == wire::kMagic, "a foreign message is refused");
  if (received.header.type == wire::Type::broken) {
    require(!cex::sandbox::describe(received.report).empty(), "any report has a text");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t descriptors = data[0] % (wire::kMaxFds + 1);
  const std::size_t capacity = std::max<std::size_t>(1, data[1]);
  const std::string_view message =
      cex::fuzz::text_of(data + 2, std::min<std::size_t>(size - 2, 400));
  const int before = next_descriptor();
  read_as_launcher(message, descriptors, capacity);
  read_as_server(message, descriptors);
  require(next_descriptor() == before, "no descriptor is leaked");
  return 0;
}
