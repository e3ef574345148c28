// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks/dispatcher.hpp"

#include <algorithm>
#include <cstdint>
#include <random>

#include <nlohmann/json.hpp>

#include "core/base/log.hpp"
#include "server/dto/job_view.hpp"

namespace cex::webhooks {
namespace {

using std::chrono::milliseconds;

// How late a retry may be; the end of a job rings at once.
constexpr milliseconds kLookInterval{250};

}  // namespace

Dispatcher::Dispatcher(engine::Service& service, std::shared_ptr<const Policy> policy,
                       const config::Config& config)
    : service_{service},
      policy_{std::move(policy)},
      settings_{config.webhooks},
      delivery_{config.webhooks, config.network.dns_servers},
      watch_{service_.watch_callbacks([this] {
        {
          const std::lock_guard lock{mutex_};
          rung_ = true;
        }
        changed_.notify_one();
      })} {
  for (std::uint32_t i = 0; i < settings_.threads; ++i) threads_.emplace_back([this] { work(); });
}

Dispatcher::~Dispatcher() {
  watch_.reset();
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Dispatcher::work() {
  while (!stopping_) {
    const auto callback = take();
    if (!callback) continue;
    try {
      deliver(*callback);
    } catch (const std::exception& error) {
      log::error("exception in a webhook",
                 {{"job", callback->job}, {"reason", std::string_view{error.what()}}});
    }
    release(*callback);
  }
}

// The next one, or after a while none.
std::optional<Callback> Dispatcher::take() {
  std::unique_lock lock{mutex_};
  auto next = service_.next_callback(std::chrono::system_clock::now(), busy());
  if (next && *next) {
    in_flight_.push_back(**next);
    return **next;
  }
  if (!next) log::error("webhooks cannot be read", {{"reason", next.error().message}});
  changed_.wait_for(lock, kLookInterval, [this] { return stopping_ || rung_; });
  rung_ = false;
  return std::nullopt;
}

void Dispatcher::release(const Callback& callback) {
  {
    const std::lock_guard lock{mutex_};
    std::erase_if(in_flight_, [&](const Callback& other) { return other.job == callback.job; });
    rung_ = true;  // its host or its tenant has room again
  }
  changed_.notify_one();
}

CallbackBusy Dispatcher::busy() const {
  CallbackBusy busy;
  std::map<std::string, std::uint32_t> hosts;
  std::map<std::string, std::uint32_t> tenants;
  for (const Callback& callback : in_flight_) {
    busy.jobs.push_back(callback.job);
    if (++hosts[callback.address.host] == settings_.max_per_host) {
      busy.hosts.push_back(callback.address.host);
    }
    if (++tenants[callback.tenant] == settings_.max_per_tenant) {
      busy.tenants.push_back(callback.tenant);
    }
  }
  return busy;
}

Result<Parcel> Dispatcher::pack(const Callback& callback) const {
  Parcel parcel;
  CEX_TRY(parcel.url, policy_->check(callback.tenant, callback.address.url));
  CEX_TRY(const JobView view, service_.get(callback.job));
  parcel.job = callback.job;
  parcel.body = dto::dump(dto::to_json_value(view));
  parcel.secret = policy_->secret_of(callback.tenant);
  parcel.attempt = callback.tries + 1;
  return parcel;
}

void Dispatcher::deliver(const Callback& callback) {
  const auto begun = std::chrono::steady_clock::now();
  auto parcel = pack(callback);
  // What cannot be packed now cannot be packed later: the operator has changed his mind, or the job
  // was forgotten meanwhile.
  if (!parcel && parcel.error().code != Errc::system) {
    log::warning("webhook given up", {{"job", callback.job}, {"reason", parcel.error().message}});
    service_.metrics().webhook_given_up();
    if (const auto done = service_.callback_done(callback.job); !done) {
      log::error("webhook cannot be noted", {{"reason", done.error().message}});
    }
    return;
  }
  const auto done =
      parcel ? delivery_.attempt(*parcel, stopping_) : Result<void>{tl::unexpected(parcel.error())};
  if (stopping_ && !done) return;
  service_.metrics().webhook_tried(done.has_value(), std::chrono::steady_clock::now() - begun);
  conclude(callback, done);
}

void Dispatcher::conclude(const Callback& callback, const Result<void>& done) {
  const std::uint32_t tries = callback.tries + 1;
  const bool over = done || tries >= settings_.max_tries;
  const std::string& host = callback.address.host;
  if (done) {
    log::info("webhook delivered",
              {{"job", callback.job}, {"host", host}, {"attempt", std::uint64_t{tries}}});
  } else {
    log::warning(over ? "webhook given up" : "webhook failed, trying again",
                 {{"job", callback.job},
                  {"host", host},
                  {"attempt", std::uint64_t{tries}},
                  {"reason", done.error().message}});
  }
  if (over && !done) service_.metrics().webhook_given_up();
  const auto noted =
      over ? service_.callback_done(callback.job)
           : service_.callback_again(callback.job, tries,
                                     std::chrono::system_clock::now() + pause_after(tries));
  if (!noted) log::error("webhook cannot be noted", {{"reason", noted.error().message}});
}

// 1, 4, 16 ... times the delay, and a quarter more or less, so that a receiver which comes back
// does not meet everybody at once.
milliseconds Dispatcher::pause_after(std::uint32_t tries) const {
  constexpr std::uint32_t kMostDoublings = 20;
  const double factor = static_cast<double>(1U << std::min(2 * (tries - 1), kMostDoublings));
  std::random_device random;
  const double jitter = std::uniform_real_distribution<double>{0.75, 1.25}(random);
  return milliseconds{static_cast<std::int64_t>(static_cast<double>(settings_.retry_delay.count()) *
                                                factor * jitter)};
}

}  // namespace cex::webhooks
