// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/engine/service.hpp"
#include "server/webhooks/delivery.hpp"
#include "server/webhooks/policy.hpp"

namespace cex::webhooks {

/// Tells clients of their jobs' ends, on threads of its own. What is still to be told is in the
/// engine's store, and so is how often it was tried: nothing waits here but what is being tried,
/// and a server that dies takes up where it was. Whatever a receiver does costs one of these
/// threads a bounded time and jobs nothing; one host and one tenant have a few of the threads each.
class Dispatcher {
 public:
  Dispatcher(engine::Service& service, std::shared_ptr<const Policy> policy,
             const config::Config& config);
  ~Dispatcher();  ///< ends what is being tried; it will be tried again by the next process
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

 private:
  void work();
  [[nodiscard]] std::optional<Callback> take();
  void release(const Callback& callback);
  [[nodiscard]] CallbackBusy busy() const;
  void deliver(const Callback& callback);
  [[nodiscard]] Result<Parcel> pack(const Callback& callback) const;
  void conclude(const Callback& callback, const Result<void>& done);
  [[nodiscard]] std::chrono::milliseconds pause_after(std::uint32_t tries) const;

  engine::Service& service_;
  const std::shared_ptr<const Policy> policy_;
  const config::WebhookSettings settings_;
  const Delivery delivery_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_{false};
  std::vector<Callback> in_flight_;
  std::unique_ptr<engine::Watch> watch_;
  std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace cex::webhooks
