// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/model/job_request.hpp"
#include "server/http/connection.hpp"
#include "server/http/problem.hpp"

namespace cex::http {

/// A request that passed the gate: checked framing, no control characters in any value, body
/// complete.
struct Request {
  std::string method;
  std::string path;       ///< as sent, without the query
  std::string parameter;  ///< what stood for `{id}` in the route, percent-decoded
  Pairs query;            ///< decoded, in order
  Pairs headers;          ///< names in lower case
  std::string body;
  RequestContext context;
  std::vector<Role> roles;  ///< of the caller

  [[nodiscard]] bool is_admin() const noexcept;
  /// The first value of a header field; `name` in lower case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
};

struct Response {
  int status{200};
  std::string content_type{"application/json"};
  std::string body;
  Pairs headers;
  std::string job;  ///< for the log line, where the request was about one job
};

/// The handler wants the connection itself: the answer is written by another thread (the hub).
/// Called once, in the HTTP thread, after the socket was taken from Poco.
struct Handover {
  std::function<void(Connection)> take;
};

using Reply = std::variant<Response, Problem, Handover>;

}  // namespace cex::http
