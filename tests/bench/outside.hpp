// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace cex::bench {

/// A small process that starts other programs and times them, forked before this one gives its
/// rights up: some peers need root, and a big process would make every spawn look dear.
class Outside {
 public:
  struct Took {
    double us{0};  ///< from before the spawn to after the wait
    bool succeeded{false};
  };

  Outside();
  ~Outside();  ///< ends the process and waits for it
  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;

  /// Spawns `command` (vfork underneath), its output thrown away, and waits for its end.
  [[nodiscard]] Took run(const std::vector<std::string>& command) const;

 private:
  int socket_{-1};
  pid_t pid_{-1};
};

}  // namespace cex::bench
