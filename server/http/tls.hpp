// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "server/http/channel.hpp"

namespace cex::http {

/// A server's side of TLS: its certificate and what it agrees to (TLS 1.2 and 1.3, forward secret
/// ciphers with authentication, no renegotiation, no compression). Thread-safe.
class Tls {
 public:
  /// `certificate`: PEM, the server's own first, then those between it and a root. `key`: PEM, for
  /// its owner alone, or the name of a systemd credential. Errors: config.
  [[nodiscard]] static Result<std::shared_ptr<Tls>> load(const std::string& certificate,
                                                         const std::string& key);
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  /// Reads both files again, for connections that are yet to come; on an error everything stays as
  /// it was. Errors: config.
  [[nodiscard]] Result<void> renew();

  /// The far end of `fd`, which becomes non-blocking, is a client; its handshake is made by the
  /// first receive() and those after it. Throws std::bad_alloc without memory.
  [[nodiscard]] std::unique_ptr<Channel> accept(int fd) const;

 private:
  struct State;
  explicit Tls(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cex::http
