// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "core/metrics/metrics.hpp"
#include "server/http/connection_ledger.hpp"
#include "server/http/router.hpp"
#include "server/http/tls.hpp"

namespace cex::http {

struct HttpSettings {
  std::string listen{"127.0.0.1:8080"};  ///< HOST:PORT, HOST an address literal or "localhost"
  std::uint32_t max_threads{256};        ///< requests being read or answered at once
  std::uint32_t max_connections{1280};   ///< with those that the hub holds
  std::uint32_t max_connections_per_address{64};
  Loopback loopback{Loopback::exempt};
  std::uint64_t max_body_bytes{std::uint64_t{16} << 20U};
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds send_timeout{10'000};
  std::chrono::milliseconds keep_alive_timeout{5'000};
  std::shared_ptr<const Tls> tls;       ///< null: in the clear
  metrics::Metrics* metrics{nullptr};   ///< borrowed; may be null
  telemetry::Exporter* spans{nullptr};  ///< the same
  double sample_ratio{1};               ///< of requests without a traceparent
};

/// Can only this machine connect to HOST:PORT? Errors: Errc::config for a malformed address.
[[nodiscard]] Result<bool> is_loopback(const std::string& listen);

class Doorkeeper;

/// The listening half: accepts, reads and answers, in threads of its own pool.
class HttpServer {
 public:
  /// Binds and starts; `keeper` null: every route is open. Errors: Errc::config (address),
  /// Errc::system (in use).
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(
      std::shared_ptr<const Router> router, std::shared_ptr<Doorkeeper> keeper,
      const HttpSettings& settings);
  ~HttpServer();

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The address with the real port: "127.0.0.1:40123".
  [[nodiscard]] std::string address() const;

  /// Takes no further connection, shuts down those that are open and waits for their threads.
  /// Handlers must not block any more. Call once, or leave it to the destructor.
  void stop();

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cex::http
