// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/outputs.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <memory>

#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::sandbox {
namespace {

// A tree of more names than this is not walked to its end: somebody is playing games.
constexpr std::uint32_t kMaxNames = 200'000;
constexpr std::size_t kMaxPath = 1024;
// Bytes of patterns times bytes of names: a few seconds of matching at the very worst. The globs
// and the names come from one and the same job, which has spent its own time already.
constexpr std::uint64_t kMaxMatching = std::uint64_t{1} << 31U;

UniqueFd open_beneath(int dir, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC | O_NOFOLLOW);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  return UniqueFd{static_cast<int>(::syscall(SYS_openat2, dir, path.c_str(), &how, sizeof(how)))};
}

class Collector {
 public:
  Collector(int box, const std::vector<std::string>& globs, const CollectLimits& limits)
      : box_{box}, globs_{globs}, limits_{limits} {}

  Collected run() {
    // Breadth first over a queue of names: no recursion, whatever the depth of the job's tree.
    queue_.emplace_back(".");
    while (!queue_.empty() && !full_) {
      const std::string folder = std::move(queue_.front());
      queue_.pop_front();
      list(folder);
    }
    std::sort(found_.files.begin(), found_.files.end(),
              [](const BoxFile& a, const BoxFile& b) { return a.path < b.path; });
    return std::move(found_);
  }

 private:
  void list(const std::string& folder) {
    UniqueFd fd = open_beneath(box_, folder, O_RDONLY | O_DIRECTORY);
    if (!fd) return;
    const std::unique_ptr<DIR, int (*)(DIR*)> stream{::fdopendir(fd.get()), ::closedir};
    if (!stream) return;
    static_cast<void>(fd.release());  // the stream owns it now
    while (const dirent* entry = ::readdir(stream.get())) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (++names_ > kMaxNames) return stop();
      const std::string path = folder == "." ? name : folder + "/" + name;
      if (path.size() > kMaxPath || !is_valid_utf8(path)) continue;
      if (entry->d_type == DT_DIR) {
        queue_.push_back(path);
      } else if (entry->d_type == DT_REG && wanted(path)) {
        take(path);
      }
      if (full_) return;
    }
  }

  bool wanted(const std::string& path) {
    return std::any_of(globs_.begin(), globs_.end(), [&](const std::string& glob) {
      matching_ += glob.size() * path.size();
      if (matching_ > kMaxMatching) stop();
      return !full_ && glob_match(glob, path);
    });
  }

  void stop() {
    full_ = true;
    found_.truncated = true;
  }

  void take(const std::string& path) {
    const UniqueFd fd = open_beneath(box_, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) return;
    if (!S_ISREG(status.st_mode) || status.st_nlink != 1) return;
    if (found_.files.size() >= limits_.max_files) return stop();
    const auto size = static_cast<std::uint64_t>(status.st_size);
    const std::uint64_t room = std::min(limits_.max_file_bytes, limits_.max_bytes - bytes_);
    auto content = std::make_shared<std::string>();
    content->resize(static_cast<std::size_t>(std::min(size, room)));
    std::size_t done = 0;
    while (done < content->size()) {
      const ssize_t got = ::pread(fd.get(), content->data() + done, content->size() - done,
                                  static_cast<off_t>(done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    content->resize(done);
    bytes_ += done;
    BoxFile file;
    file.path = path;
    file.executable = (status.st_mode & S_IXUSR) != 0;
    file.truncated = done < size;
    found_.truncated = found_.truncated || file.truncated;
    file.content = std::move(content);
    found_.files.push_back(std::move(file));
  }

  int box_;
  const std::vector<std::string>& globs_;
  const CollectLimits& limits_;
  std::deque<std::string> queue_;
  std::uint32_t names_{0};
  std::uint64_t bytes_{0};
  std::uint64_t matching_{0};
  bool full_{false};
  Collected found_;
};

}  // namespace

Result<Collected> collect(int box_dir, const std::vector<std::string>& globs,
                          const CollectLimits& limits) {
  if (globs.empty()) return Collected{};
  // The descriptor is O_PATH; asking once tells apart an empty folder and one that cannot be read.
  if (!open_beneath(box_dir, ".", O_RDONLY | O_DIRECTORY)) return fail_errno("open(work folder)");
  return Collector{box_dir, globs, limits}.run();
}

}  // namespace cex::sandbox
