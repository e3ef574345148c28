// SPDX-License-Identifier: Apache-2.0
#include "core/supervise/console.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace cex::supervise {

Console::Console(std::chrono::milliseconds idle, std::function<void()> roomy)
    : idle_{idle}, roomy_{std::move(roomy)}, event_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (!event_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

std::size_t Console::write(std::string_view bytes) {
  std::size_t taken = 0;
  {
    const std::lock_guard lock{mutex_};
    if (ended_ || closed_) return bytes.size();
    taken = std::min(bytes.size(), kRoom - input_.size());
    input_.append(bytes.substr(0, taken));
    refused_ = refused_ || taken < bytes.size();
  }
  if (taken > 0) ring();
  return taken;
}

void Console::end_input() {
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(ended_, true)) return;
  }
  ring();
}

bool Console::signal(int number) {
  {
    const std::lock_guard lock{mutex_};
    if (closed_) return true;
    if (signals_.size() == kMaxSignals) return false;
    signals_.push_back(number);
  }
  ring();
  return true;
}

void Console::resize(WindowSize size) {
  {
    const std::lock_guard lock{mutex_};
    window_ = size;
  }
  ring();
}

Console::Said Console::listen(bool input) {
  std::uint64_t rings = 0;
  // Cleared before the look, so that what is said in between rings again.
  (void)!::read(event_.get(), &rings, sizeof rings);
  Said said;
  bool roomy = false;
  {
    const std::lock_guard lock{mutex_};
    said.signals = std::exchange(signals_, {});
    said.window = std::exchange(window_, std::nullopt);
    if (input) {
      said.input = std::exchange(input_, {});
      said.input_ended = ended_ && !std::exchange(end_told_, ended_);
      roomy = std::exchange(refused_, false);
    }
  }
  if (!said.nothing()) heard_ = true;
  if (roomy) roomy_();
  return said;
}

void Console::close() {
  bool roomy = false;
  {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    input_ = {};
    roomy = std::exchange(refused_, false);
  }
  if (roomy) roomy_();
}

void Console::ring() const {
  const std::uint64_t one = 1;
  // Fails only where the counter is full, and then it is readable already.
  (void)!::write(event_.get(), &one, sizeof one);
}

}  // namespace cex::supervise
