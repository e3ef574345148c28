// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/file_trust.hpp"

#include <sys/stat.h>

namespace cex::plugins {
namespace {

constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

Hands hands_of(const struct stat& about, uid_t service) {
  return about.st_uid == 0 || about.st_uid == service ? Hands::ours : Hands::foreign;
}

Result<Hands> whose_folder(const std::string& path, bool nearest, uid_t service) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0) return fail_errno("lstat(" + path + ")");
  if (!S_ISDIR(about.st_mode)) return fail(Errc::plugin, path + " is a link or no folder");
  const Hands hands = hands_of(about, service);
  // In a sticky folder of root's, others can make entries but not replace ours.
  const bool sticky = !nearest && (about.st_mode & S_ISVTX) != 0 && about.st_uid == 0;
  if ((about.st_mode & kOthersWrite) == 0 || sticky) return hands;
  return fail(Errc::plugin, path + " is writable by group or others (chmod go-w " + path + ")");
}

}  // namespace

Result<Hands> whose(const std::string& path, uid_t service) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0) return fail_errno("lstat(" + path + ")");
  if (!S_ISREG(about.st_mode)) return fail(Errc::plugin, path + " is a link or no regular file");
  if ((about.st_mode & kOthersWrite) != 0) {
    return fail(Errc::plugin, path + " is writable by group or others (chmod go-w " + path + ")");
  }
  Hands hands = hands_of(about, service);
  bool nearest = true;
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && !path.empty();
       slash = slash == 0 ? std::string::npos : path.rfind('/', slash - 1)) {
    CEX_TRY(const Hands above,
            whose_folder(slash == 0 ? "/" : path.substr(0, slash), nearest, service));
    if (above == Hands::foreign) hands = above;
    nearest = false;
  }
  return hands;
}

}  // namespace cex::plugins
