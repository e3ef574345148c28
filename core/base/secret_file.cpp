// SPDX-License-Identifier: Apache-2.0
#include "core/base/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/base/files.hpp"
#include "core/base/text.hpp"

namespace cex {
namespace {

constexpr std::size_t kShortest = 16;
constexpr std::size_t kLongest = std::size_t{64} << 10U;

std::string credentials() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing of this project changes the environment
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  return folder == nullptr ? std::string{} : std::string{folder};
}

}  // namespace

Result<std::string> secret_path(const std::string& named) {
  if (named.find('/') != std::string::npos) return named;
  const std::string folder = credentials();
  if (folder.empty() || named.empty()) {
    return fail(Errc::config, "'" + printable(named) +
                                  "' is no path, and there are no credentials of a service manager "
                                  "(LoadCredential=, $CREDENTIALS_DIRECTORY)");
  }
  return folder + "/" + named;
}

Result<void> check_secret_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return fail(Errc::config, path + ": " + std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) return fail(Errc::config, path + ": is no file");
  if (const std::string folder = credentials(); !folder.empty() && is_below(path, folder)) return {};
  constexpr mode_t kOthers = 077;
  if ((status.st_mode & kOthers) == 0) return {};
  return fail(Errc::config, path + ": others may read or write it; chmod 600 " + path);
}

Result<std::string> read_secret(const std::string& named) {
  CEX_TRY(const std::string path, secret_path(named));
  CEX_CHECK(check_secret_file(path));
  std::string secret = read_text_file(path);
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  if (secret.empty()) return fail(Errc::config, path + ": is empty, or cannot be read");
  if (secret.size() < kShortest || secret.size() > kLongest) {
    return fail(Errc::config, path + ": a secret has at least 16 bytes and at most 64 KiB; make one "
                                     "with `openssl rand -hex 32`");
  }
  return secret;
}

}  // namespace cex
