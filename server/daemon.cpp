// SPDX-License-Identifier: Apache-2.0
#include "server/daemon.hpp"

#include <array>
#include <atomic>
#include <thread>

#include "core/base/log.hpp"
#include "server/api/routes.hpp"

namespace cex::server {
namespace {

constexpr std::chrono::milliseconds kHubPatience{3'000};

hub::HubSettings hub_settings() {
  return {};
}

http::HttpSettings http_settings(const config::ServerSettings& settings) {
  http::HttpSettings http;
  http.listen = settings.listen;
  http.max_threads = settings.max_connections;
  http.max_connections =
      settings.max_connections + static_cast<std::uint32_t>(hub_settings().max_clients);
  http.max_connections_per_address = settings.max_connections_per_address;
  http.max_body_bytes = settings.max_body_bytes;
  http.header_timeout = settings.header_timeout;
  http.body_timeout = settings.body_timeout;
  return http;
}

// A small pool of its own: whoever fills the other one with slow connections does not reach this
// one.
http::HttpSettings health_settings(const config::ServerSettings& settings) {
  http::HttpSettings http;
  http.listen = settings.health_listen;
  http.max_threads = 4;
  http.max_connections = 64;
  http.max_connections_per_address = 16;
  http.max_body_bytes = 1024;
  http.header_timeout = std::chrono::milliseconds{2'000};
  http.body_timeout = std::chrono::milliseconds{2'000};
  http.keep_alive_timeout = std::chrono::milliseconds{500};
  return http;
}

}  // namespace

Daemon::Daemon(const config::Config& config, std::unique_ptr<engine::Service> service)
    : settings_{config.server},
      service_{std::move(service)},
      hub_{*service_, hub_settings()},
      context_{*service_, hub_} {}

Result<void> Daemon::start() {
  auto router = std::make_shared<const http::Router>(api::make_routes(context_));
  CEX_TRY(http_, http::HttpServer::start(std::move(router), http_settings(settings_)));
  if (!settings_.health_listen.empty()) {
    auto routes = std::make_shared<const http::Router>(api::make_health_routes(context_));
    CEX_TRY(health_, http::HttpServer::start(std::move(routes), health_settings(settings_)));
    log::info("listening for health", {{"address", health_->address()}});
  }
  log::info("listening", {{"address", http_->address()}});
  return {};
}

void Daemon::serve(Signals& signals) {
  while (true) {
    const Signal signal = signals.wait();
    if (signal == Signal::reload) {
      log::info("reload is not supported by this version; restart to change the configuration");
    } else if (signal == Signal::stop) {
      break;
    }
  }
  drain(signals);
  // The hub sends the last results; then nothing writes to a connection but the HTTP threads.
  hub_.stop(kHubPatience);
  http_->stop();
  if (health_) health_->stop();
  log::info("stopped");
}

void Daemon::drain(Signals& signals) {
  context_.draining = true;
  log::info("draining", {{"grace_ms", settings_.drain_timeout.count()}});
  std::thread drainer{[&] {
    try {
      service_->drain(settings_.drain_timeout);
    } catch (const std::exception& error) {
      log::error("drain failed", {{"reason", error.what()}});
    }
    signals.wake();
  }};
  bool hurried = false;
  while (true) {
    const Signal signal = signals.wait();
    if (signal == Signal::woken) break;
    if (signal == Signal::stop && !std::exchange(hurried, true)) {
      log::warning("second signal: cancelling all jobs");
      cancel_everything();
    }
  }
  drainer.join();
}

void Daemon::cancel_everything() {
  constexpr std::array kOpenStates{JobState::queued, JobState::running};
  for (const JobState state : kOpenStates) {
    while (true) {
      engine::JobFilter filter;
      filter.state = state;
      filter.limit = 100;
      const auto page = service_->list(filter);
      if (!page || page->jobs.empty()) break;
      std::size_t cancelled = 0;
      for (const auto& job : page->jobs) cancelled += service_->cancel(job.id) ? 1 : 0;
      if (cancelled == 0) break;  // they end by themselves, or will not be cancelled
    }
  }
}

}  // namespace cex::server
