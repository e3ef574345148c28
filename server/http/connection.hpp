// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include <Poco/Net/StreamSocket.h>

#include "core/metrics/metrics.hpp"
#include "core/model/job_request.hpp"
#include "core/telemetry/exporter.hpp"
#include "server/http/channel.hpp"

namespace cex::http {

/// What the one log line of a request says. The line is written when the answer is over, by whoever
/// wrote the answer.
struct RequestLog {
  std::string method;
  std::string path;
  RequestContext context;
  std::chrono::steady_clock::time_point started{std::chrono::steady_clock::now()};
  std::string_view route{"other"};      ///< the pattern that the router found
  metrics::Metrics* metrics{nullptr};   ///< borrowed; outlives every connection
  telemetry::Exporter* spans{nullptr};  ///< the same

  /// Writes the line, counts the request and ends its span. `job` and `note` may be empty.
  void write(int status, std::string_view job, std::string_view note = {}) const;
};

/// A connection that left the HTTP server's threads: whoever holds it must answer and close.
struct Connection {
  Poco::Net::StreamSocket socket;
  RequestLog log;
  Channel* channel{nullptr};  ///< of the socket, and lives as long
  std::string unread;         ///< bytes that came behind the request
};

}  // namespace cex::http
