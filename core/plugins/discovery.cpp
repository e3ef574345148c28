// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/discovery.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <system_error>

#include "core/base/unique_fd.hpp"

namespace cex::plugins {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifestName = "plugin.json";

bool holds_manifest(const fs::path& folder) {
  std::error_code error;
  return fs::exists(fs::symlink_status(folder / kManifestName, error));
}

std::vector<fs::path> children(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code error;  // a directory that cannot be read has no plugins for us
  for (fs::directory_iterator at{directory, error}, end; !error && at != end; at.increment(error)) {
    if (holds_manifest(at->path())) found.push_back(at->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::vector<std::string> find_plugin_folders(const std::vector<std::string>& directories) {
  std::vector<std::string> folders;
  std::set<std::string> seen;
  const auto keep = [&](const fs::path& folder) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (!error && seen.insert(real.string()).second) folders.push_back(real.string());
  };
  for (const std::string& directory : directories) {
    if (directory.empty()) continue;  // would be the current folder
    if (holds_manifest(directory)) {
      keep(directory);
      continue;
    }
    for (const fs::path& child : children(directory)) keep(child);
  }
  return folders;
}

Result<std::string> read_small_file(const std::string& path, std::size_t max_bytes) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (!fd) return fail_errno("open(" + path + ")");
  std::string content;
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno("read(" + path + ")");
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > max_bytes) {
      return fail(Errc::plugin, path + " has more than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

}  // namespace cex::plugins
