// SPDX-License-Identifier: Apache-2.0
#include "server/daemon.hpp"

#include <array>
#include <atomic>
#include <thread>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/config/reload.hpp"
#include "server/api/routes.hpp"
#include "server/http/auth.hpp"

namespace cex::server {
namespace {

constexpr std::chrono::milliseconds kHubPatience{3'000};

hub::HubSettings hub_settings(const config::ServerSettings& settings) {
  hub::HubSettings hub;
  hub.max_clients = settings.max_streams;
  return hub;
}

http::HttpSettings http_settings(const config::ServerSettings& settings, engine::Service& service,
                                 double sample_ratio) {
  http::HttpSettings http;
  http.listen = settings.listen;
  http.max_threads = settings.max_connections;
  http.max_connections = settings.max_connections + settings.max_streams;
  http.max_connections_per_address = settings.max_connections_per_address;
  http.max_body_bytes = settings.max_body_bytes;
  http.header_timeout = settings.header_timeout;
  http.body_timeout = settings.body_timeout;
  http.metrics = &service.metrics();
  http.spans = &service.spans();
  http.sample_ratio = sample_ratio;
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

Result<Outfit> read_outfit(const config::Config& config) {
  Outfit outfit;
  CEX_TRY(auto policy, webhooks::Policy::make(config));
  outfit.webhooks = std::make_shared<const webhooks::Policy>(std::move(policy));
  if (config.tokens.enabled()) {
    CEX_TRY(outfit.tokens, tokens::Verifier::make(config.tokens));
  }
  if (!config.server.tls_certificate.empty()) {
    CEX_TRY(outfit.tls, http::Tls::load(config.server.tls_certificate, config.server.tls_key));
  }
  return outfit;
}

Daemon::Daemon(const config::Config& config, Outfit outfit,
               std::unique_ptr<engine::Service> service, Load load)
    : config_{config},
      load_{std::move(load)},
      outfit_{std::move(outfit)},
      service_{std::move(service)},
      hub_{*service_, hub_settings(config.server)},
      context_{*service_, hub_, outfit_.webhooks} {}

Result<std::shared_ptr<http::Doorkeeper>> Daemon::make_doorkeeper() const {
  const auto config = config_.now();
  const std::string& listen = config->server.listen;
  CEX_TRY(const bool loopback, http::is_loopback(listen));
  const http::RateSettings rates{
      .all = [this] { return config_.now()->server.rate; },
      .of_tenant = [this](const std::string& name) { return config_.now()->tenant_of(name).rate; }};
  auto keeper = std::make_shared<http::Doorkeeper>(
      access::KeyFile{config->data_dir}, outfit_.tokens,
      loopback ? http::Strangers::welcome : http::Strangers::refused, rates, &service_->metrics());
  if (outfit_.tokens) {
    outfit_.tokens->on_fetch([this](bool good) { service_->metrics().token_keys_fetched(good); });
  }
  CEX_CHECK(keeper->open());
  if (!loopback && config->sandbox.insecure_no_cgroup_limits) {
    return fail(Errc::config, "refusing to listen on " + listen +
                                  " without cgroup limits; that is for this machine alone");
  }
  if (!loopback && !outfit_.tls) {
    log::warning(
        "listening in the clear where other machines can connect: give the server a "
        "certificate (server.tls_certificate), or put a TLS proxy in front of it");
  }
  if (keeper->has_keys()) return keeper;
  if (!loopback) {
    return fail(Errc::config,
                "refusing to listen on " + listen +
                    ": there are no API keys, so anybody who can reach the address could run "
                    "programs here; make one with `cex key create --data-dir " +
                    config->data_dir + "`, or listen on 127.0.0.1 or [::1]");
  }
  log::info("no API keys: everybody on this machine may run programs, nobody else can connect");
  return keeper;
}

Result<void> Daemon::start() {
  const auto config = config_.now();
  CEX_TRY(auto keeper, make_doorkeeper());
  if (!config->webhooks.allow.empty()) {
    webhooks_ = std::make_unique<webhooks::Dispatcher>(*service_, outfit_.webhooks, *config);
  }
  // A worker has nothing to offer but how it is.
  auto router = std::make_shared<const http::Router>(
      config->takes_requests() ? api::make_routes(context_) : api::make_health_routes(context_));
  auto settings = http_settings(config->server, *service_, config->traces.sample_ratio);
  settings.tls = outfit_.tls;
  CEX_TRY(http_, http::HttpServer::start(std::move(router), std::move(keeper), settings));
  if (!config->server.health_listen.empty()) {
    auto routes = std::make_shared<const http::Router>(api::make_health_routes(context_));
    CEX_TRY(health_,
            http::HttpServer::start(std::move(routes), nullptr, health_settings(config->server)));
    log::info("listening for health", {{"address", health_->address()}});
  }
  log::info("listening", {{"address", http_->address()}, {"tls", outfit_.tls != nullptr}});
  return {};
}

Daemon::End Daemon::serve(Signals& signals) {
  service_->when_helpless([&signals] { signals.wake(); });
  Signal signal = signals.wait();
  while (signal == Signal::reload) {
    reload();
    signal = signals.wait();
  }
  const End end = signal == Signal::stop ? End::asked : End::helpless;
  if (end == End::helpless) {
    log::error("no box can be made any more: the last launcher died; jobs wait for a new start");
  }
  drain(signals);
  // The hub sends the last results; then nothing writes to a connection but the HTTP threads.
  hub_.stop(kHubPatience);
  webhooks_.reset();
  http_->stop();
  if (health_) health_->stop();
  log::info("stopped");
  return end;
}

// Certificates end every few weeks. A key that only root can read stays what it was: this process
// cannot.
void Daemon::renew_certificate() {
  if (!outfit_.tls) return;
  if (const auto renewed = outfit_.tls->renew(); renewed) {
    log::info("certificate read again");
  } else {
    log::error("certificate not read again; the one before still holds",
               {{"reason", renewed.error().message}});
  }
}

// All or nothing: a file with one mistake changes nothing.
void Daemon::reload() {
  // Whatever the file says:
  service_->look_for_languages();
  renew_certificate();
  const auto wanted = load_();
  if (!wanted) {
    log::error("configuration not reloaded", {{"reason", wanted.error().message}});
    return context_.reloads.failed(wanted.error().message);
  }
  const config::Reload made = config::reload(*config_.now(), *wanted);
  config_.replace(made.config);
  service_->reconfigure(made.config);
  log::set_level(made.config.log.level);
  context_.reloads.went_well();
  log::info("configuration reloaded",
            {{"changed", join(made.changed, ", ")}, {"needs_restart", join(made.waiting, ", ")}});
}

void Daemon::drain(Signals& signals) {
  const auto grace = config_.now()->server.drain_timeout;
  context_.draining = true;
  service_->when_helpless(nullptr);  // from here on only the drainer wakes us
  log::info("draining", {{"grace_ms", grace.count()}});
  std::thread drainer{[&] {
    try {
      service_->drain(grace);
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
      log::warning("second signal: no further patience with running jobs");
      service_->hurry();
    }
  }
  drainer.join();
}

}  // namespace cex::server
