// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/sandbox/cgroup_host.hpp"

namespace cex::sandbox {

/// This server's own folder in every hierarchy: "<base>/code-executor/<random>". Held by a lock on
/// the folder itself, so that another server's start can tell the living from the dead whatever pid
/// namespace either is in.
struct CgroupInstance {
  wire::CgroupKind kind{wire::CgroupKind::none};
  std::string name;
  std::string base;                 ///< for messages: the first hierarchy's folder
  std::vector<UniqueFd> instances;  ///< a folder per hierarchy; the first one carries the lock
  std::vector<UniqueFd> parents;
};

/// Makes the folders, with the controllers enabled on v2, after sweeping what dead servers left
/// there: their processes are killed and their folders removed. `parent` overrides the automatic
/// choice. Errors: Errc::unsupported naming each controller that is missing or not delegated, and
/// the remedy.
[[nodiscard]] Result<CgroupInstance> make_cgroup_instance(const CgroupHost& host,
                                                          const std::string& parent);

/// The least memory limit of the groups above this server's folder; UINT64_MAX if none has one.
[[nodiscard]] std::uint64_t memory_above(const CgroupInstance& instance);

}  // namespace cex::sandbox
