// SPDX-License-Identifier: Apache-2.0
#include "tests/corpus/outside.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "core/base/ids.hpp"
#include "tests/corpus/processes.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;

// Beyond what a test may make this process keep for good: buffers of the largest output, and
// arenas.
constexpr std::uint64_t kMayGrowKib = 32 * 1024;
constexpr key_t kShmKey = 0x6365;  // any will do; removed at the end

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

UniqueFd listen_tcp(std::uint16_t& port) {
  UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (!fd || ::bind(fd.get(), any, size) != 0 || ::listen(fd.get(), 8) != 0 ||
      ::getsockname(fd.get(), any, &size) != 0) {
    die("listen on loopback");
  }
  port = ntohs(address.sin_port);
  return fd;
}

UniqueFd listen_abstract(const std::string& name) {
  UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (!fd || ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(fd.get(), 8) != 0) {
    die("listen on an abstract socket");
  }
  return fd;
}

bool somebody_waits(const UniqueFd& listener) {
  pollfd wait{listener.get(), POLLIN, 0};
  return ::poll(&wait, 1, 0) > 0;
}

std::string first_line(const char* path) {
  std::ifstream in{path};
  std::string line;
  std::getline(in, line);
  return line;
}

std::uint64_t count_lines(const char* path) {
  std::ifstream in{path};
  std::uint64_t lines = 0;
  for (std::string line; std::getline(in, line);) ++lines;
  return lines;
}

std::uint64_t count_entries(const fs::path& folder) {
  std::uint64_t found = 0;
  std::error_code error;
  for (auto at = fs::directory_iterator{folder, error}; !error && at != fs::directory_iterator{};
       at.increment(error)) {
    ++found;
  }
  return found;
}

// The fewest of several looks: writing the audit log's head, say, opens a file for a moment, and a
// descriptor that was lost stays.
std::uint64_t count_descriptors() {
  std::uint64_t fewest = count_entries("/proc/self/fd");
  for (int i = 0; i < 10; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
    fewest = std::min(fewest, count_entries("/proc/self/fd"));
  }
  return fewest;
}

// Folders below every hierarchy's "code-executor/INSTANCE".
std::uint64_t count_cgroups(const std::string& instance) {
  std::uint64_t found = 0;
  std::error_code error;
  using Walk = fs::recursive_directory_iterator;
  for (auto at = Walk{"/sys/fs/cgroup", fs::directory_options::skip_permission_denied, error};
       !error && at != Walk{}; at.increment(error)) {
    if (at->is_directory(error) && at->path().parent_path().filename() == instance) ++found;
  }
  return found;
}

std::uint64_t resident_kib() {
  std::ifstream in{"/proc/self/statm"};
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  in >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

}  // namespace

Outside::Outside() : secret_{"secret-" + random_hex(16)} {
  ::setenv("CEX_ESCAPE_SECRET", secret_.c_str(), 1);
  // On purpose without close-on-exec: a folder of the host that the launcher must not hand on.
  trap_ = UniqueFd{::open("/", O_RDONLY | O_DIRECTORY)};
}

void Outside::open_up() {
  const std::string tag = random_hex(6);
  secret_path_ = "/tmp/cex-escape-" + tag;
  std::ofstream{secret_path_} << secret_ << '\n';
  ::chmod(secret_path_.c_str(), 0444);
  std::uint16_t port = 0;
  tcp_ = listen_tcp(port);
  unix_ = listen_abstract("cex-escape-" + tag);
  shm_ = ::shmget(kShmKey, 4096, IPC_CREAT | 0666);
  void* const at = shm_ < 0 ? nullptr : ::shmat(shm_, nullptr, 0);
  if (at == nullptr || at == reinterpret_cast<void*>(-1)) die("shared memory");
  std::memcpy(at, secret_.c_str(), secret_.size());
  ::shmdt(at);
  facts_ = {{"secret", secret_path_},
            {"port", std::to_string(port)},
            {"socket", "cex-escape-" + tag},
            {"shm", std::to_string(kShmKey)},
            {"pid", std::to_string(::getpid())}};
}

Outside::~Outside() {
  if (shm_ >= 0) ::shmctl(shm_, IPC_RMID, nullptr);
  if (!secret_path_.empty()) ::unlink(secret_path_.c_str());
}

void Outside::watch(std::string instance, std::string data_dir, std::uint32_t first_id,
                    std::uint32_t ids) {
  instance_ = std::move(instance);
  data_dir_ = std::move(data_dir);
  first_id_ = first_id;
  ids_ = ids;
}

Snapshot Outside::look() const {
  Snapshot seen;
  for (const auto& [name, number] : names_of_descendants(::getpid())) {
    seen.counts["processes named " + name] = number;
  }
  seen.counts["descriptors"] = count_descriptors();
  seen.counts["mounts"] = count_lines("/proc/self/mountinfo");
  seen.counts["cgroups"] = count_cgroups(instance_);
  seen.counts["files in the data folder"] = count_entries(data_dir_);
  for (const char* table : {"shm", "sem", "msg"}) {
    const std::string path = std::string{"/proc/sysvipc/"} + table;
    seen.counts[path] = count_lines(path.c_str());
  }
  for (const char* folder : {"/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"}) {
    std::uint64_t& owned = seen.counts[std::string{"files of boxes in "} + folder];
    std::error_code error;
    for (const auto& item : fs::directory_iterator{folder, error}) {
      struct stat status {};
      if (::lstat(item.path().c_str(), &status) == 0 && is_box_id(status.st_uid)) ++owned;
    }
  }
  std::ifstream users{"/proc/key-users"};
  for (std::string line; std::getline(users, line);) {
    std::istringstream words{line};
    std::uint64_t uid = 0;
    if (words >> uid && is_box_id(uid)) ++seen.counts["keyrings of boxes"];
  }
  seen.counts["connections from a box to the host"] =
      (somebody_waits(tcp_) ? 1U : 0U) + (somebody_waits(unix_) ? 1U : 0U);
  for (const char* path : {"/proc/sys/kernel/hostname", "/proc/sys/kernel/domainname",
                           "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe"}) {
    seen.values[path] = first_line(path);
  }
  seen.values["secret file"] = first_line(secret_path_.c_str());
  seen.resident_kib = resident_kib();
  return seen;
}

std::vector<std::string> Outside::complaints(const Snapshot& before, const Snapshot& after) {
  std::vector<std::string> found;
  for (const auto& [name, number] : after.counts) {
    const auto at = before.counts.find(name);
    const std::uint64_t was = at == before.counts.end() ? 0 : at->second;
    if (number > was) {
      found.push_back(name + ": " + std::to_string(was) + " before, " + std::to_string(number) +
                      " after");
    }
  }
  for (const auto& [name, value] : after.values) {
    if (before.values.at(name) != value) found.push_back(name + " has changed to " + value);
  }
  if (after.resident_kib > before.resident_kib + kMayGrowKib) {
    found.push_back("this process grew from " + std::to_string(before.resident_kib) + " to " +
                    std::to_string(after.resident_kib) + " KiB");
  }
  return found;
}

}  // namespace cex::test
