// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/sandbox/cgroup_host.hpp"

namespace cex::sandbox {

inline constexpr const char* kCgroupFolder = "code-executor";
/// The leaf of a delegated group that the server, and what it shares the group with, moves into.
inline constexpr const char* kServerLeaf = "code-executor-server";
inline constexpr const char* kCgroupRemedy =
    "start as root, or give the service a delegated cgroup v2 subtree (systemd: Delegate=yes; by "
    "hand: "
    "systemd-run --user --scope -p Delegate=yes)";

/// The folder of a v2 hierarchy below which `code-executor` is made, with memory, pids and cpu
/// handed down to it (and hugetlb, where there is one). A group that has processes cannot hand
/// controllers down, so those of the own group, this one among them, move into a leaf beside the
/// jobs first. Errors: Errc::unsupported with what was tried and what to do.
[[nodiscard]] Result<std::filesystem::path> choose_v2_base(const CgroupHierarchy& hierarchy,
                                                           const std::string& parent);

/// Which groups to try, best first. Pure. `parent`: what the operator says, alone then. A delegated
/// own group comes before the top of the hierarchy, which belongs to whoever delegated it.
[[nodiscard]] std::vector<std::string> v2_candidates(const std::string& own_path, bool delegated,
                                                     const std::string& parent);

/// The group that `own_path` stands for: a former start, or the shell's, may have moved us into the
/// leaf.
[[nodiscard]] std::string without_server_leaf(const std::string& own_path);

/// Hands memory, pids and cpu down from `folder`; false if one is refused.
[[nodiscard]] bool enable_controllers(const std::filesystem::path& folder);

[[nodiscard]] bool write_cgroup_file(const std::filesystem::path& path, const std::string& text);
[[nodiscard]] bool ensure_cgroup(const std::filesystem::path& path);

}  // namespace cex::sandbox
