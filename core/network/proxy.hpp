// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <thread>

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/model/network_report.hpp"
#include "core/network/loop.hpp"
#include "core/network/settings.hpp"

namespace cex::network {

/// The one way out of a box with a network: serves the socket that listens inside it, speaks HTTP
/// (CONNECT and plain requests) and SOCKS5, and connects to what the run may reach and to nothing
/// else. A thread of its own while it lives; when it is gone, so are all its connections.
class Proxy {
 public:
  /// `listener`: non-blocking. Errors: system, where there is no thread or no resolver to be had.
  [[nodiscard]] static Result<std::unique_ptr<Proxy>> start(UniqueFd listener,
                                                            ProxySettings settings);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  /// Closes everything and says what happened. Call once; the destructor does the same in silence.
  [[nodiscard]] NetworkReport stop();

 private:
  Proxy(UniqueFd stop, std::unique_ptr<Loop> loop);
  void end();

  UniqueFd stop_;
  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace cex::network
