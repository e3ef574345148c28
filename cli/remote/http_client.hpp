// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.hpp"

namespace cex::cli {

/// Where a server is, and where the key for it is kept: never on the command line itself, which
/// every user of the machine can read.
struct ServerOptions {
  std::string url{"http://127.0.0.1:8080"};
  std::string key_file;  ///< empty: CODE_EXECUTOR_KEY, or no key
  std::string ca_file;   ///< certificates to trust besides the system's
};

struct Answer {
  int status{0};
  std::string body;
  std::uint32_t retry_after_s{0};
};

/// One connection to one server, made again where it was lost. Not thread-safe.
class HttpClient {
 public:
  /// Nothing is sent yet. Errors: invalid_request for an address or a key that cannot be used.
  [[nodiscard]] static Result<HttpClient> open(const ServerOptions& options);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// Sends one request (`body` as JSON where it is not empty) and reads the whole answer. Errors:
  /// not_ready where the server cannot be reached or its certificate is not trusted.
  [[nodiscard]] Result<Answer> send(
      const std::string& method, const std::string& target, const std::string& body = {},
      const std::vector<std::pair<std::string, std::string>>& headers = {});

 private:
  struct State;
  explicit HttpClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cex::cli
