// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/file_trust.hpp"

#include <sys/stat.h>

namespace cex::plugins {
namespace {

constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

Result<void> check_owner(const std::string& path, const struct stat& about, uid_t service) {
  if (about.st_uid == 0 || about.st_uid == service) return {};
  return fail(Errc::plugin, path + " belongs to user " + std::to_string(about.st_uid) +
                                ", must be root's or the service's own (chown root)");
}

Result<void> check_folder(const std::string& path, bool nearest, uid_t service) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0) return fail_errno("lstat(" + path + ")");
  if (!S_ISDIR(about.st_mode)) return fail(Errc::plugin, path + " is a link or no folder");
  CEX_CHECK(check_owner(path, about, service));
  if ((about.st_mode & kOthersWrite) == 0) return {};
  // In a sticky folder of root's, others can make entries but not replace ours.
  if (!nearest && (about.st_mode & S_ISVTX) != 0 && about.st_uid == 0) return {};
  return fail(Errc::plugin, path + " is writable by group or others (chmod go-w " + path + ")");
}

}  // namespace

Result<void> check_trusted(const std::string& path, uid_t service) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0) return fail_errno("lstat(" + path + ")");
  if (!S_ISREG(about.st_mode)) return fail(Errc::plugin, path + " is a link or no regular file");
  CEX_CHECK(check_owner(path, about, service));
  if ((about.st_mode & kOthersWrite) != 0) {
    return fail(Errc::plugin, path + " is writable by group or others (chmod go-w " + path + ")");
  }
  bool nearest = true;
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && !path.empty();
       slash = slash == 0 ? std::string::npos : path.rfind('/', slash - 1)) {
    CEX_CHECK(check_folder(slash == 0 ? "/" : path.substr(0, slash), nearest, service));
    nearest = false;
  }
  return {};
}

}  // namespace cex::plugins
