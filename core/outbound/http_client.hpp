// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/ip_address.hpp"
#include "core/base/result.hpp"

namespace cex::outbound {

/// What to do with more of an answer than one wants.
enum class Excess : std::uint8_t {
  refuse,  ///< the answer is worth nothing
  drop,    ///< only its status matters
};

/// One request to a server that is not this one.
struct Request {
  std::string url;            ///< as Url::text() writes it
  bool post{false};           ///< POST with `body`, else GET
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// Connects to one of these and to nothing else, whatever the name resolves to. Absent: the
  /// system's resolver is believed.
  std::optional<std::vector<IpAddress>> addresses;
  std::string ca_file;  ///< PEM; certificates must descend from one of these; empty: the system's
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds timeout{10'000};  ///< for all of it
  std::size_t max_response_bytes{std::size_t{4} << 10U};
  Excess excess{Excess::refuse};
  const std::atomic<bool>* stop{nullptr};  ///< ends the exchange where it becomes true
};

struct Response {
  int status{0};
  std::string body;  ///< at most max_response_bytes of it
  std::optional<std::chrono::seconds> retry_after;
};

/// An HTTP client that trusts nobody: TLS 1.2 at least, the certificate checked against the name,
/// no redirects, no proxies (whatever the environment says), no cookies, no .netrc. Keeps its last
/// connection open for the next exchange, unless `addresses` says where to connect to. For one
/// thread.
class HttpClient {
 public:
  /// Errors: system.
  [[nodiscard]] static Result<HttpClient> make();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// Any answer is a success, of whatever status. Errors: not_ready (stopped), too_large, system
  /// (no connection, bad certificate, no answer in time), with the reason in words.
  [[nodiscard]] Result<Response> exchange(const Request& request);

 private:
  struct State;
  explicit HttpClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cex::outbound
