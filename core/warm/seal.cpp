// SPDX-License-Identifier: Apache-2.0
#include "core/warm/seal.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <system_error>

#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::warm {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFolderMode =
    0755;  // ours to remove again; boxes see it through a read-only mount

Result<void> write_file(const std::string& path, const BoxFile& file) {
  const mode_t mode = file.executable ? 0555 : 0444;
  const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                           static_cast<int>(mode))};
  if (!fd) return fail_errno("create " + file.path);
  std::string_view left = *file.content;
  while (!left.empty()) {
    const ssize_t written = ::write(fd.get(), left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail_errno("write " + file.path);
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fchmod(fd.get(), mode) != 0) return fail_errno("chmod " + file.path);
  return {};
}

/// A whole file, mapped: a layer's files are large, and are wanted in the page cache anyway.
class Mapped {
 public:
  explicit Mapped(const std::string& path) {
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    size_ = static_cast<std::size_t>(status.st_size);
    good_ = size_ == 0;
    if (good_) return;
    at_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    good_ = at_ != MAP_FAILED;
  }
  ~Mapped() {
    if (good_ && size_ > 0) ::munmap(at_, size_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::string_view bytes() const {
    return size_ == 0 ? std::string_view{} : std::string_view{static_cast<const char*>(at_), size_};
  }

 private:
  void* at_{nullptr};
  std::size_t size_{0};
  bool good_{false};
};

}  // namespace

Result<std::string> write_sealed(const std::string& folder, const FileSet& files) {
  if (::mkdir(folder.c_str(), kFolderMode) != 0) return fail_errno("make " + folder);
  std::string seal;
  for (const BoxFile& file : files) {
    const fs::path path = fs::path{folder} / file.path;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) return fail_errno("make the folder of " + file.path, error.value());
    CEX_CHECK(write_file(path.string(), file));
    seal += sha256_hex(*file.content) + ' ' + std::to_string(file.content->size()) + ' ' +
            file.path + '\n';
  }
  // A power cut must not leave a layer whose name is on the disk and whose bytes are not. The seal
  // would tell; but then it would have to be built again.
  const UniqueFd fd{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || ::syncfs(fd.get()) != 0) return fail_errno("sync " + folder);
  return seal;
}

Result<std::uint64_t> check_seal(const std::string& folder, const std::string& seal) {
  const auto broken = [](std::string_view what) {
    return fail(Errc::internal, "not as it was sealed: " + printable(what));
  };
  std::uint64_t bytes = 0;
  for (const std::string_view line : split(seal, '\n')) {
    if (line.empty()) continue;
    const auto first = line.find(' ');
    const auto second = line.find(' ', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return broken(line);
    const std::string path{line.substr(second + 1)};
    const Mapped file{folder + "/" + path};
    if (!file.good()) return broken(path);
    if (parse_u64(line.substr(first + 1, second - first - 1)) != file.bytes().size() ||
        sha256_hex(file.bytes()) != line.substr(0, first)) {
      return broken(path);
    }
    bytes += file.bytes().size();
  }
  return bytes;
}

void remove_sealed(const std::string& folder) {
  std::error_code ignored;  // what cannot be removed is found again at the next start
  fs::remove_all(folder, ignored);
}

}  // namespace cex::warm
