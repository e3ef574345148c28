// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/remote/api.hpp"
#include "cli/remote/exposition.hpp"

namespace cex::cli {

/// What a server says of itself at one moment.
struct TopSample;

/// Asks it. Without the right to read metrics those are left out.
[[nodiscard]] Result<TopSample> take_sample(RemoteApi& api);

/// What happened between two of them, and what is now: for `--json`, and for render_frame().
[[nodiscard]] nlohmann::ordered_json make_frame(const TopSample& before, const TopSample& now);

/// The same for people; `colours`: with terminal sequences for them.
[[nodiscard]] std::string render_frame(const nlohmann::ordered_json& frame, bool colours);

}  // namespace cex::cli
