// SPDX-License-Identifier: Apache-2.0
#include "server/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace cex::server {

Signals::Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
  const int failed = ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  if (failed != 0) throw std::system_error(failed, std::generic_category(), "pthread_sigmask");
  signal_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!signal_ || !wake_) throw std::system_error(errno, std::generic_category(), "signalfd");
}

Signal Signals::wait() {
  while (true) {
    std::array<pollfd, 2> entries{{{signal_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
    if (::poll(entries.data(), entries.size(), -1) < 0) continue;
    signalfd_siginfo info{};
    if (::read(signal_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
      return info.ssi_signo == SIGHUP ? Signal::reload : Signal::stop;
    }
    std::uint64_t count = 0;
    if (::read(wake_.get(), &count, sizeof count) == static_cast<ssize_t>(sizeof count)) {
      return Signal::woken;
    }
  }
}

void Signals::wake() const {
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);  // fails only if it is awake already
}

}  // namespace cex::server
