// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <Poco/Net/HTTPRequestHandlerFactory.h>

#include "server/http/router.hpp"

namespace cex::metrics {
class Metrics;
}
namespace cex::telemetry {
class Exporter;
}

namespace cex::http {

class Doorkeeper;

struct GateSettings {
  std::uint64_t max_body_bytes{std::uint64_t{16} << 20U};
  metrics::Metrics* metrics{nullptr};   ///< borrowed; may be null
  telemetry::Exporter* spans{nullptr};  ///< the same
  double sample_ratio{1};               ///< of requests without a traceparent
  /// Do connections wait for a thread? Then none is kept for a client's next request. May be empty.
  std::function<bool()> crowded;
};

/// The one door into the server: every request passes it, handlers behind it see only what it let
/// in, and no exception leaves it. Together with GuardedSocket it keeps the rules that Poco leaves
/// to the application.
class GateFactory : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  /// `keeper` null: every route is open.
  GateFactory(std::shared_ptr<const Router> router, std::shared_ptr<Doorkeeper> keeper,
              GateSettings settings);

  /// Judges everything that can be judged before the body, so that a client which waits for
  /// "100 Continue" is not asked for a body that will be refused.
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest& request) override;

 private:
  std::shared_ptr<const Router> router_;
  std::shared_ptr<Doorkeeper> keeper_;
  GateSettings settings_;
};

}  // namespace cex::http
