// SPDX-License-Identifier: Apache-2.0
#include "core/supervise/stdin_feeder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace cex::supervise {

StdinFeeder::StdinFeeder(UniqueFd pipe, std::string_view bytes)
    : pipe_{std::move(pipe)}, rest_{bytes} {
  ::fcntl(pipe_.get(), F_SETFL, O_WRONLY | O_NONBLOCK);
  feed();
}

void StdinFeeder::feed() {
  while (pipe_ && !rest_.empty()) {
    const ssize_t written = ::write(pipe_.get(), rest_.data(), rest_.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return;
    if (written <= 0) break;  // EPIPE: nobody reads any more
    rest_.remove_prefix(static_cast<std::size_t>(written));
  }
  pipe_.reset();
}

}  // namespace cex::supervise
