// SPDX-License-Identifier: Apache-2.0
#include "core/supervise/stdin_feeder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace cex::supervise {

StdinFeeder::StdinFeeder(UniqueFd pipe, std::string_view bytes, AfterIt after_it)
    : pipe_{std::move(pipe)}, rest_{bytes}, after_it_{after_it} {
  const int flags = ::fcntl(pipe_.get(), F_GETFL);
  ::fcntl(pipe_.get(), F_SETFL, flags | O_NONBLOCK);
  feed();
}

void StdinFeeder::feed() {
  while (pipe_ && !rest_.empty()) {
    const ssize_t written = ::write(pipe_.get(), rest_.data(), rest_.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return;
    if (written <= 0) return pipe_.reset();  // EPIPE: nobody reads any more
    rest_.remove_prefix(static_cast<std::size_t>(written));
  }
  if (after_it_ == AfterIt::close) pipe_.reset();
}

void StdinFeeder::add(std::string bytes) {
  added_ = std::move(bytes);
  rest_ = added_;
  feed();
}

void StdinFeeder::end() {
  after_it_ = AfterIt::close;
  if (rest_.empty()) pipe_.reset();
}

}  // namespace cex::supervise
