// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/slot_network.hpp"

#include <linux/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

using wire::Report;
using wire::Stage;

// Every socket that is left, of any family, shows in the first; every packet, and whatever failed
// for want of a route, in the others. Without a packet no other counter moves.
constexpr const char* kNames[] = {"thread-self/net/sockstat", "thread-self/net/snmp",
                                  "thread-self/net/snmp6"};

bool same(const char* left, const char* right, long size) {
  for (long i = 0; i < size; ++i) {
    if (left[i] != right[i]) return false;
  }
  return true;
}

// Programs test their own servers; there is nothing else to reach in this namespace.
Report raise_loopback() {
  const int socket =
      static_cast<int>(raw::call(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0L));
  if (socket < 0) return failed(Stage::loopback, 1);
  ifreq request{};
  request.ifr_name[0] = 'l';
  request.ifr_name[1] = 'o';
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool raised = raw::call(SYS_ioctl, socket, SIOCSIFFLAGS, &request) == 0;
  const Report report = raised ? Report{} : failed(Stage::loopback, 2);
  raw::close(socket);
  return report;
}

}  // namespace

wire::Report SlotNetwork::provide() {
  return kept_ && is_clean() ? Report{} : renew();
}

bool SlotNetwork::is_clean() {
  char now[kRoom];
  for (const Counters& known : counters_) {
    if (known.fd < 0) continue;
    if (raw::pread(known.fd, now, kRoom) != known.size) return false;
    if (!same(now, known.text, known.size)) return false;
  }
  return true;
}

wire::Report SlotNetwork::renew() {
  // They hold the namespace that they tell of.
  for (Counters& counters : counters_) raw::reset(counters.fd);
  if (raw::call(SYS_unshare, static_cast<unsigned long>(CLONE_NEWNET)) != 0) {
    return failed(Stage::loopback, 10);
  }
  if (const Report report = raise_loopback(); !succeeded(report)) return report;
  kept_ = settings_.configure.fresh_network == 0 && open_files() && remember();
  return {};
}

bool SlotNetwork::open_files() {
  for (std::size_t i = 0; i < kFiles; ++i) {
    counters_[i].fd = raw::openat(settings_.proc_dir, kNames[i], O_RDONLY | O_CLOEXEC);
    // A kernel without IPv6 has one less.
    if (counters_[i].fd < 0 && errno != ENOENT) return false;
  }
  // Without these two nothing is proved.
  return counters_[0].fd >= 0 && counters_[1].fd >= 0;
}

bool SlotNetwork::remember() {
  for (Counters& counters : counters_) {
    if (counters.fd < 0) continue;
    counters.size = raw::pread(counters.fd, counters.text, kRoom);
    // What does not fit cannot be compared.
    if (counters.size <= 0 || counters.size == static_cast<long>(kRoom)) return false;
  }
  return true;
}

}  // namespace cex::launcher
