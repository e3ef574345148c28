// SPDX-License-Identifier: Apache-2.0
#include "core/warm/fingerprint.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <filesystem>
#include <system_error>

#include "core/base/text.hpp"

namespace cex::warm {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNames = 200'000;

class Print {
 public:
  Result<std::string> of(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      std::error_code error;
      const fs::path real = fs::canonical(path, error);
      text_ += path + " is " + (error ? "missing" : real.string()) + "\n";
      if (error) continue;
      waiting_.push_back(real.string());
      while (!waiting_.empty()) {
        const std::string next = std::move(waiting_.back());
        waiting_.pop_back();
        CEX_CHECK(note(next));
      }
    }
    return sha256_hex(text_);
  }

 private:
  Result<void> note(const std::string& path) {
    if (++names_ > kMaxNames) {
      return fail(Errc::too_large, "more than " + std::to_string(kMaxNames) + " files to watch");
    }
    struct stat status {};
    // Gone between listing and looking: a change, as the next look would see it.
    if (::lstat(path.c_str(), &status) != 0) {
      text_ += path + " vanished\n";
      return {};
    }
    text_ += path + ' ' + std::to_string(status.st_mode);
    if (S_ISDIR(status.st_mode)) {
      text_ += '\n';
      return list(path);
    }
    text_ += ' ' + std::to_string(status.st_size) + ' ' + std::to_string(status.st_mtim.tv_sec) +
             '.' + std::to_string(status.st_mtim.tv_nsec);
    if (S_ISLNK(status.st_mode)) {
      std::array<char, PATH_MAX> target{};
      const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
      if (size > 0) text_.append(" to ").append(target.data(), static_cast<std::size_t>(size));
    }
    text_ += '\n';
    return {};
  }

  // A folder's own time says nothing: editors and package managers touch it without a change.
  Result<void> list(const std::string& folder) {
    std::error_code error;
    std::vector<std::string> names;
    for (auto at = fs::directory_iterator{folder, error}; !error && at != fs::directory_iterator{};
         at.increment(error)) {
      names.push_back(at->path().string());
    }
    if (error) return fail_errno("list " + folder, error.value());
    // The last one is looked at first; any order does as long as it is always the same.
    std::sort(names.begin(), names.end());
    waiting_.insert(waiting_.end(), names.begin(), names.end());
    return {};
  }

  std::string text_;
  std::vector<std::string> waiting_;
  std::size_t names_{0};
};

}  // namespace

Result<std::string> fingerprint(const std::vector<std::string>& paths) {
  return Print{}.of(paths);
}

}  // namespace cex::warm
