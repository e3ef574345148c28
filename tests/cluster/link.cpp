// SPDX-License-Identifier: Apache-2.0
#include "tests/cluster/link.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "core/base/unique_fd.hpp"

namespace cex::test {
namespace {

constexpr std::size_t kMost = 64;  // pairs of connections

sockaddr_un named(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
  return address;
}

int connect_to(const sockaddr_un& address) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return fd;
  ::close(fd);
  return -1;
}

/// False when one of the two ends has gone.
bool pass_on(int from, int to) {
  std::array<char, 65536> bytes;
  const ssize_t got = ::read(from, bytes.data(), bytes.size());
  if (got <= 0) return false;
  for (ssize_t sent = 0; sent < got;) {
    const ssize_t put =
        ::send(to, bytes.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
    if (put <= 0) return false;
    sent += put;
  }
  return true;
}

// In a child of a process with threads: nothing here allocates. Descriptor 2n + 1 is the far end of
// 2n.
[[noreturn]] void forward(int listener, const sockaddr_un& redis) {
  std::array<pollfd, 1 + 2 * kMost> all{};
  std::size_t count = 1;
  all[0] = {listener, POLLIN, 0};
  while (true) {
    ::poll(all.data(), count, -1);
    for (std::size_t at = 1; at < count; at += 2) {
      const bool fine = (all[at].revents == 0 || pass_on(all[at].fd, all[at + 1].fd)) &&
                        (all[at + 1].revents == 0 || pass_on(all[at + 1].fd, all[at].fd));
      if (fine) continue;
      ::close(all[at].fd);
      ::close(all[at + 1].fd);
      all[at] = all[count - 2];
      all[at + 1] = all[count - 1];
      count -= 2;
      at -= 2;
    }
    if (all[0].revents == 0 || count + 2 > all.size()) continue;
    const int near = ::accept(listener, nullptr, nullptr);
    const int far = near < 0 ? -1 : connect_to(redis);
    if (far < 0) {
      ::close(near);
      continue;
    }
    all[count++] = {near, POLLIN, 0};
    all[count++] = {far, POLLIN, 0};
  }
}

}  // namespace

Link::Link(const RedisServer& redis) : path_{dir_.path() + "/link.sock"} {
  const sockaddr_un here = named(path_);
  const sockaddr_un there = named(redis.socket());
  const UniqueFd listener{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&here), sizeof(here)) != 0 ||
      ::listen(listener.get(), 16) != 0 || ::chmod(path_.c_str(), 0777) != 0) {
    throw std::runtime_error("cannot listen on " + path_);
  }
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) forward(listener.get(), there);
}

Link::~Link() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Link::cut() const {
  ::kill(pid_, SIGSTOP);
}

void Link::heal() const {
  ::kill(pid_, SIGCONT);
}

}  // namespace cex::test
