// SPDX-License-Identifier: Apache-2.0
#include "server/hub/inbox.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace cex::hub {

Inbox::Inbox() : wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (!wake_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

bool Inbox::add(std::unique_ptr<Follower> follower) {
  {
    const std::lock_guard lock{mutex_};
    if (stopped_) return false;
    mail_.fresh.push_back(std::move(follower));
  }
  ring();
  return true;
}

void Inbox::notify(std::uint64_t follower_id) {
  {
    const std::lock_guard lock{mutex_};
    mail_.notified.push_back(follower_id);
    if (mail_.notified.size() > 1) return;  // the bell rang and was not answered yet
  }
  ring();
}

void Inbox::stop(std::chrono::milliseconds patience) {
  {
    const std::lock_guard lock{mutex_};
    if (stopped_) return;
    stopped_ = true;
    mail_.stop = patience;
  }
  ring();
}

Inbox::Mail Inbox::collect() {
  std::uint64_t rings = 0;
  // The counter is cleared before the mail is taken, so mail that arrives in between rings again.
  if (::read(wake_.get(), &rings, sizeof rings) < 0 && errno != EAGAIN) {
    throw std::system_error(errno, std::generic_category(), "eventfd read");
  }
  Mail mail;
  {
    const std::lock_guard lock{mutex_};
    std::swap(mail, mail_);
  }
  std::sort(mail.notified.begin(), mail.notified.end());
  mail.notified.erase(std::unique(mail.notified.begin(), mail.notified.end()), mail.notified.end());
  return mail;
}

void Inbox::ring() const {
  const std::uint64_t one = 1;
  // Fails only if the counter is full, and then the bell is ringing already.
  (void)!::write(wake_.get(), &one, sizeof one);
}

}  // namespace cex::hub
