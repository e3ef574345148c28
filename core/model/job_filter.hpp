// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/model/job_view.hpp"

namespace cex {

/// Which jobs a list shows.
struct JobFilter {
  std::string tenant;  ///< empty: of all tenants
  std::optional<JobState> state;
  std::optional<Verdict> status;
  std::string language;  ///< id; empty: any
  std::string label;     ///< "key" or "key=value"; empty: any
  std::uint32_t limit{50};
  std::string cursor;  ///< from the page before
};

struct JobPage {
  std::vector<JobView> jobs;  ///< newest first
  std::optional<std::string> next_cursor;
};

}  // namespace cex
