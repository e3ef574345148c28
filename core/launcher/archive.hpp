// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/launcher/settings.hpp"

namespace cex::launcher {

/// A memfd of the server's, mapped to be read; null if there is none.
[[nodiscard]] const unsigned char* map_file(int fd, std::uint64_t& size);

/// What becomes of a file that lies in the work folder already.
enum class Existing {
  refused,
  /// Some interpreters have opened their program by the time they reach the gate. The gate left it
  /// empty, and the job's text must go into that very file.
  filled_if_empty,
};

/// Writes the folders and files of an archive's memfd into the work folder, as the calling
/// process's own id and into its cgroup's account. `index` of a failure is the entry's number plus
/// 10.
[[nodiscard]] wire::Report unpack(int archive_fd, Existing existing);

}  // namespace cex::launcher
