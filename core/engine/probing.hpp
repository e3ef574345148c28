// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/engine/ports.hpp"
#include "core/engine/probe_cache.hpp"
#include "core/langspec/plan.hpp"
#include "core/plugins/registry.hpp"
#include "core/supervise/cancel_token.hpp"

namespace cex::engine {

/// A toolchain that a plugin recognised in the output of one of its probes.
struct FoundToolchain {
  langspec::Toolchain toolchain;
  std::size_t probe_order{0};  ///< position of the probe in the plugin's description
};

/// Programs on this host that a probe's candidates name, below `roots`; the same program under two
/// names only once. Reads the file system.
[[nodiscard]] std::vector<std::string> resolve_candidates(const langspec::Probe& probe,
                                                          const std::vector<std::string>& roots);

/// Runs all probes of a plugin, each in a box, and asks the plugin what it sees. Those whose answer
/// `cache` has are not run again. Once cancelled it comes to an end, and what it found is not all.
[[nodiscard]] std::vector<FoundToolchain> run_probes(const plugins::LoadedPlugin& plugin,
                                                     const std::vector<std::string>& roots,
                                                     BoxRunner& runner, ProbeCache& cache,
                                                     const supervise::CancelToken& cancel);

/// Changes whenever something was added to or taken from the folders that the candidates of these
/// plugins' probes are looked for in. Cheap: looks at folders' times, not into them.
[[nodiscard]] std::string stamp_of_tools(
    const std::vector<std::shared_ptr<const plugins::LoadedPlugin>>& plugins);

}  // namespace cex::engine
