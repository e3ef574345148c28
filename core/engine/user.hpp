// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

#include "core/base/result.hpp"

namespace cex::engine {

struct ServiceUser {
  uid_t uid{0};
  gid_t gid{0};
  std::string name;
};

/// Who the server becomes when it was started as root: `wanted` if given, else code-executor, else
/// the caller of sudo, else nobody. Errors: Errc::config for an unknown name or one that is root.
[[nodiscard]] Result<ServiceUser> choose_user(const std::string& wanted);

/// Gives root up for good: groups, ids, no_new_privs; read back. Call with one thread. What is kept
/// for a moment is the right to read and search, until give_up_reading(): a build tree below /root
/// is closed to the service's user, and its plugins have to be read once.
[[nodiscard]] Result<void> become(const ServiceUser& user);

/// Drops the last capability. Call before there are threads, for capabilities belong to threads.
[[nodiscard]] Result<void> give_up_reading();

/// Makes `path` (and its parents) where missing, with mode 0700, and gives it to `user` if this
/// process is root. Errors: Errc::config with what to do if it belongs to somebody else.
[[nodiscard]] Result<void> prepare_data_dir(const std::string& path, const ServiceUser& user);

/// Makes a folder below the data folder, readable for everybody, or looks whether it is one and the
/// user's: a link in its place would send root, and the boxes, to where it points. Errors: config
/// naming the path.
[[nodiscard]] Result<void> prepare_shared_folder(const std::string& path, const ServiceUser& user);

}  // namespace cex::engine
