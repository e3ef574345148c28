// SPDX-License-Identifier: Apache-2.0
#include "core/engine/helpers.hpp"

#include <unistd.h>

#include <filesystem>
#include <vector>

namespace cex::engine {

namespace fs = std::filesystem;

#ifndef CEX_LIBEXEC_DIR
#define CEX_LIBEXEC_DIR "/usr/libexec/code-executor"
#endif

Result<std::string> find_helper(std::string_view name, const std::string& wanted) {
  std::vector<fs::path> candidates;
  if (!wanted.empty()) {
    candidates.emplace_back(wanted);
  } else {
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error).parent_path();
    candidates = {self / name, self / "../bin" / name, fs::path{CEX_LIBEXEC_DIR} / name};
  }
  for (const auto& path : candidates) {
    if (::access(path.c_str(), X_OK) == 0) return fs::absolute(path).lexically_normal().string();
  }
  return fail(Errc::config, std::string{name} + " is not at " + candidates.front().string() +
                                "; build or install it, or name it");
}

}  // namespace cex::engine
