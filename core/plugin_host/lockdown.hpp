// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// How the process of a plugin gives up what it does not need. For a process with one thread.
namespace cex::plugin_host {

/// Before the shared object is loaded, whose constructors may do anything: memory, descriptors and
/// the number of files are bounded, no privilege can be gained, nothing can be started, sent or
/// written, and only the system's libraries can be read. Empty, or what the kernel refused: then
/// the object must not be loaded.
[[nodiscard]] std::string confine_loading();

/// After it was opened: only reading and writing what is open already, memory, and leaving.
/// Anything else ends the process.
[[nodiscard]] std::string confine_answering();

/// From now on the process is killed when the other end of `leash` is closed, whatever it is doing.
[[nodiscard]] std::string fasten(int leash);

}  // namespace cex::plugin_host
