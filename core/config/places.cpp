// SPDX-License-Identifier: Apache-2.0
#include "core/config/places.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace cex::config {
namespace {

namespace fs = std::filesystem;

// One that does not exist yet may come while the server runs.
std::string whole(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  return error ? std::string{} : real.string();
}

}  // namespace

std::string program_dir() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? std::string{} : program.parent_path().string();
}

std::vector<std::string> default_plugin_dirs(const std::string& program_dir) {
  const fs::path program{program_dir};
  std::vector<std::string> found;
  const auto add = [&](const fs::path& path) {
    if (auto dir = whole(path); !dir.empty()) {
      for (const auto& known : found) {
        if (known == dir) return;
      }
      found.push_back(std::move(dir));
    }
  };
  std::error_code error;
  if (fs::exists(program / "cex-launcher", error)) {
    add(program / ".." / "plugins");
  }
  for (const fs::path& prefix : {program / "..", fs::path{"/usr/local"}}) {
    add(prefix / CEX_INSTALL_LIBDIR / "code-executor" / "plugins");
    add(prefix / "share" / "code-executor" / "plugins");
  }
  return found;
}

std::string sibling_launcher(const std::string& program_dir) {
  const fs::path launcher = fs::path{program_dir} / "cex-launcher";
  std::error_code error;
  return fs::is_regular_file(launcher, error) ? launcher.string() : std::string{};
}

std::string default_data_dir() {
  if (::geteuid() == 0) return "/var/lib/code-executor";
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string{state} + "/code-executor";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return std::string{home} + "/.local/state/code-executor";
  return {};
}

}  // namespace cex::config
