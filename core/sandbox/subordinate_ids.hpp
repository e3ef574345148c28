// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace cex::sandbox {

/// The first ids, outside, of the ranges that a plain user may map into a user namespace.
struct SubordinateIds {
  std::uint32_t first_uid{0};
  std::uint32_t first_gid{0};
};

/// Whether this process's user has at least `count` subordinate user and group ids and the helpers
/// that map them are installed. Errors: Errc::unsupported saying what is missing and how to get it.
[[nodiscard]] Result<SubordinateIds> find_subordinate_ids(std::uint32_t count);

/// The start of the first range of at least `count` ids that a text like /etc/subuid
/// ("NAME:START:COUNT", or a number for the name) gives to the user. Pure.
[[nodiscard]] std::optional<std::uint32_t> find_range(std::string_view text, std::string_view name,
                                                      uid_t uid, std::uint32_t count);

/// What the ids in the user namespace of process `pid` shall stand for.
struct IdMap {
  pid_t pid{-1};
  std::uint32_t own_inside{0};    ///< stands for this process's own ids
  std::uint32_t first_inside{0};  ///< and this and the next ones for the subordinate ones
  std::uint32_t count{0};
};

/// Has newuidmap and newgidmap write the map: they are set-user-ID root and hold it against
/// /etc/subuid and /etc/subgid. Call before no_new_privs. Errors: Errc::unsupported with what the
/// helper said.
[[nodiscard]] Result<void> map_ids(const IdMap& map, const SubordinateIds& ids);

}  // namespace cex::sandbox
