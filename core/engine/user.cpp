// SPDX-License-Identifier: Apache-2.0
#include "core/engine/user.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include "core/base/text.hpp"

namespace cex::engine {
namespace {

namespace fs = std::filesystem;

// Start-up has one thread, so the static buffers of getpwnam are as good as any.
// NOLINTBEGIN(concurrency-mt-unsafe)
std::optional<ServiceUser> look_up(const std::string& name) {
  const passwd* entry = ::getpwnam(name.c_str());
  if (entry == nullptr) return std::nullopt;
  return ServiceUser{entry->pw_uid, entry->pw_gid, name};
}

std::optional<ServiceUser> sudo_caller() {
  const char* uid = std::getenv("SUDO_UID");
  if (uid == nullptr) return std::nullopt;
  const auto number = parse_u64(uid);
  if (!number || *number == 0) return std::nullopt;
  const passwd* entry = ::getpwuid(static_cast<uid_t>(*number));
  if (entry == nullptr) return std::nullopt;
  return ServiceUser{entry->pw_uid, entry->pw_gid, entry->pw_name};
}
// NOLINTEND(concurrency-mt-unsafe)

// Effective and permitted; all of the ones in use here are below 32.
Result<void> set_capabilities(std::uint32_t keep) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return fail_errno("capget");
  const std::uint32_t left = data[0].permitted & keep;
  data = {};
  data[0].effective = data[0].permitted = left;
  if (::syscall(SYS_capset, &header, data.data()) != 0) return fail_errno("capset");
  return {};
}

}  // namespace

Result<ServiceUser> choose_user(const std::string& wanted) {
  if (::geteuid() != 0) return ServiceUser{::geteuid(), ::getegid(), "the calling user"};
  if (!wanted.empty()) {
    const auto user = look_up(wanted);
    if (!user) return fail(Errc::config, "server.user: there is no user " + printable(wanted));
    if (user->uid == 0) return fail(Errc::config, "server.user: must not be root");
    return *user;
  }
  if (const auto user = look_up("code-executor")) return *user;
  if (const auto user = sudo_caller()) return *user;
  if (const auto user = look_up("nobody")) return *user;
  return ServiceUser{65534, 65534, "nobody"};
}

Result<void> become(const ServiceUser& user) {
  if (::geteuid() == 0) {
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return fail_errno("PR_SET_KEEPCAPS");
    if (::setgroups(0, nullptr) != 0) return fail_errno("setgroups");
    if (::setresgid(user.gid, user.gid, user.gid) != 0) return fail_errno("setresgid");
    if (::setresuid(user.uid, user.uid, user.uid) != 0) return fail_errno("setresuid");
    CEX_CHECK(set_capabilities(1U << CAP_DAC_READ_SEARCH));
    uid_t real = 0;
    uid_t effective = 0;
    uid_t saved = 0;
    if (::getresuid(&real, &effective, &saved) != 0 || real != user.uid || effective != user.uid ||
        saved != user.uid || ::setuid(0) == 0) {
      return fail(Errc::internal, "root could not be given up");
    }
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno("no_new_privs");
  return {};
}

Result<void> give_up_reading() {
  return set_capabilities(0);
}

Result<void> prepare_data_dir(const std::string& path, const ServiceUser& user) {
  if (path.empty() || path[0] != '/') {
    return fail(Errc::config, "data_dir: give an absolute path, not '" + printable(path) + "'");
  }
  std::error_code error;
  const bool existed = fs::exists(path, error);
  if (!existed) {
    fs::create_directories(fs::path{path}.parent_path(), error);
    if (::mkdir(path.c_str(), 0700) != 0) return fail_errno("make the data folder " + path);
  }
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return fail_errno("look at the data folder " + path);
  if (!S_ISDIR(status.st_mode)) return fail(Errc::config, "data_dir: " + path + " is not a folder");
  if (status.st_uid == user.uid) return {};
  const bool ours_to_give = ::geteuid() == 0 && (!existed || status.st_uid == 0);
  if (!ours_to_give) {
    return fail(Errc::config, "data_dir: " + path + " belongs to another user; make " + user.name +
                                  " its owner or choose another folder");
  }
  if (existed && !fs::is_empty(path, error)) {
    return fail(Errc::config, "data_dir: " + path + " belongs to root and is not empty; make " +
                                  user.name + " its owner (chown -R) or choose another folder");
  }
  if (::lchown(path.c_str(), user.uid, user.gid) != 0 || ::chmod(path.c_str(), 0700) != 0) {
    return fail_errno("give the data folder to " + user.name);
  }
  return {};
}

Result<void> prepare_shared_folder(const std::string& path, const ServiceUser& user) {
  if (::mkdir(path.c_str(), 0755) == 0) {
    if (::chmod(path.c_str(), 0755) != 0) return fail_errno("open " + path + " for reading");
    if (::geteuid() == 0 && ::lchown(path.c_str(), user.uid, user.gid) != 0) {
      return fail_errno("give " + path + " to " + user.name);
    }
  } else if (errno != EEXIST) {
    return fail_errno("make " + path);
  }
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return fail_errno("look at " + path);
  if (!S_ISDIR(status.st_mode) || status.st_uid != user.uid) {
    return fail(Errc::config,
                path + " is not a folder of the user " + user.name + "; remove it, or make it one");
  }
  return {};
}

}  // namespace cex::engine
