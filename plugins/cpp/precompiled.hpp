// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <cex/plugin.hpp>

namespace cex::plugins::cpp {

/// Headers that are worth being precompiled: with them, most small programs spend most of their
/// compile time in one header, the first one.
struct Precompiled {
  std::string_view header;  ///< as between < and >
  std::string_view name;    ///< in ids and step names
};

/// The one that `source` begins with, where its precompiled form is used and changes nothing.
[[nodiscard]] std::optional<Precompiled> precompiled_for(const plugin::PlanRequest& request,
                                                         std::string_view source);

/// The layer that holds it, for the standard and the optimisation of the request.
[[nodiscard]] std::string layer_id(const plugin::PlanRequest& request, const Precompiled& header);

/// What makes these layers: GCC's precompiled headers, and proof that they are used.
[[nodiscard]] plugin::Plan precompile(const plugin::PlanRequest& request);

}  // namespace cex::plugins::cpp
