// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace cex::cli {

/// From now on SIGINT and SIGTERM are remembered instead of ending the process, so that the job can
/// be ended first. Call before threads exist.
void watch_for_interrupts();

/// The number of the signal that came, 0 if none did.
[[nodiscard]] int interrupted() noexcept;

}  // namespace cex::cli
