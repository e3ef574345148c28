// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/engine/catalogue.hpp"
#include "core/engine/layer_source.hpp"
#include "core/model/destination.hpp"
#include "core/model/job_request.hpp"

namespace cex::engine {

/// A request with everything decided that can be decided before anything runs.
struct Admitted {
  Choice choice;
  FileSet files;
  std::string entry;                 ///< which file is the program
  std::vector<std::string> options;  ///< "id=value"
  Limits compile_limits;
  Limits compile_max;  ///< of the server and the caller's key: nothing raises a limit above it
  Limits run_max;
  std::vector<Destination> network;  ///< what its runs may reach; empty: nothing
  LayerSet layers;                   ///< what its plans may use; admit() leaves it empty

  /// One run: the job's own, or one of its tests with the job's values where it has none.
  struct Run {
    std::string name;
    std::string_view input;  ///< borrowed from the request
    std::vector<std::string> args;
    std::vector<std::pair<std::string, std::string>> env;
    Limits limits;
    LimitsRequest asked;
    const TestCase* test{nullptr};  ///< borrowed from the request
  };
  std::vector<Run> runs;  ///< at least one
};

/// Holds `request` against the catalogue, the rules of core/policy and the limits. Pure. Errors
/// point into the request: forbidden (what the caller's key does not permit), unknown_language,
/// unknown_version, language_unusable, limit_too_high, invalid_request, too_large.
[[nodiscard]] Result<Admitted> admit(const JobRequest& request, const Permit& permit,
                                     const Catalogue& catalogue, const config::Config& config);

}  // namespace cex::engine
