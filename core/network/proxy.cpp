// SPDX-License-Identifier: Apache-2.0
#include "core/network/proxy.hpp"

#include <sys/eventfd.h>

#include <cstdint>
#include <system_error>

namespace cex::network {

Proxy::Proxy(UniqueFd stop, std::unique_ptr<Loop> loop)
    : stop_{std::move(stop)}, loop_{std::move(loop)}, thread_{[this] { loop_->run(); }} {}

Result<std::unique_ptr<Proxy>> Proxy::start(UniqueFd listener, ProxySettings settings) {
  UniqueFd stop{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!stop) return fail_errno("eventfd");
  CEX_TRY(auto names, Names::make(settings.dns_servers));
  auto loop = std::make_unique<Loop>(std::move(listener), stop.get(), std::move(settings),
                                     std::move(names));
  try {
    return std::unique_ptr<Proxy>{new Proxy{std::move(stop), std::move(loop)}};
  } catch (const std::system_error& error) {
    return fail_errno("thread for a job's network", error.code().value());
  }
}

Proxy::~Proxy() {
  if (thread_.joinable()) end();
}

void Proxy::end() {
  const std::uint64_t one = 1;
  // Can only fail when the counter is full, and then the thread is awake anyway.
  [[maybe_unused]] const ssize_t written = ::write(stop_.get(), &one, sizeof(one));
  thread_.join();
}

NetworkReport Proxy::stop() {
  end();
  return loop_->take_report();
}

}  // namespace cex::network
