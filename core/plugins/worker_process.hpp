// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/plugin_host/frames.hpp"

namespace cex::plugins {

/// A running cex-plugin-host. Destroying it kills and reaps it; it also dies with this process.
/// For one thread at a time.
class WorkerProcess {
 public:
  /// `program` is absolute; `object` is a sealed file with the plugin's shared object. Errors:
  /// Errc::system.
  [[nodiscard]] static Result<WorkerProcess> start(const std::string& program, int object);

  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&&) = delete;
  ~WorkerProcess();

  /// False when it is gone or the deadline is over.
  [[nodiscard]] bool send(plugin_host::Frame type, std::string_view payload,
                          plugin_host::Deadline deadline);
  [[nodiscard]] bool receive(plugin_host::ReceivedFrame& frame, plugin_host::Deadline deadline);

  /// Kills it and tells, for a log, what it had died of if it was dead already.
  [[nodiscard]] std::string end();

 private:
  WorkerProcess(UniqueFd socket, UniqueFd leash, UniqueFd process)
      : socket_{std::move(socket)}, leash_{std::move(leash)}, process_{std::move(process)} {}

  UniqueFd socket_;
  UniqueFd leash_;
  UniqueFd process_;  ///< pidfd; invalid once it was reaped
};

}  // namespace cex::plugins
