// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/result.hpp"
#include "core/config/live.hpp"
#include "core/engine/service.hpp"
#include "server/api/context.hpp"
#include "server/http/http_server.hpp"
#include "server/hub/hub.hpp"
#include "server/signals.hpp"
#include "server/tokens/verifier.hpp"
#include "server/webhooks/dispatcher.hpp"

namespace cex::server {

/// What was read from files before root was given up.
struct Outfit {
  std::shared_ptr<const webhooks::Policy> webhooks;
  std::shared_ptr<tokens::Verifier> tokens;  ///< null: API keys only
  std::shared_ptr<http::Tls> tls;            ///< null: the server listens in the clear
};
/// Errors: config.
[[nodiscard]] Result<Outfit> read_outfit(const config::Config& config);

/// A running engine behind HTTP, from the first accepted connection to the last closed one.
class Daemon {
 public:
  /// What a new configuration is read with, on SIGHUP.
  using Load = std::function<Result<config::Config>()>;

  Daemon(const config::Config& config, Outfit outfit, std::unique_ptr<engine::Service> service,
         Load load);

  /// Listens; from now on requests are answered. Errors: Errc::config (without keys only this
  /// machine may connect), Errc::system.
  [[nodiscard]] Result<void> start();

  enum class End : std::uint8_t { asked, helpless };
  /// Serves until SIGTERM or SIGINT, and reads the configuration again on SIGHUP; then drains and
  /// closes; a second signal ends the patience with what runs. Ends by itself when only a new start
  /// can run jobs again.
  [[nodiscard]] End serve(Signals& signals);

 private:
  void drain(Signals& signals);
  void reload();
  void renew_certificate();

  [[nodiscard]] Result<std::shared_ptr<http::Doorkeeper>> make_doorkeeper() const;

  config::Live config_;
  const Load load_;
  const Outfit outfit_;
  // Order of birth: handlers use the hub, the hub uses the service.
  std::unique_ptr<engine::Service> service_;
  hub::Hub hub_;
  api::Context context_;
  std::unique_ptr<webhooks::Dispatcher> webhooks_;  ///< null where nobody may be called
  std::unique_ptr<http::HttpServer> http_;
  std::unique_ptr<http::HttpServer> health_;  ///< server.health_listen, if there is one
};

}  // namespace cex::server
