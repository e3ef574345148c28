// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/model/job_view.hpp"

namespace cex::hub {

/// What a client of either kind of stream is told of an event; `result` has the job object instead.
[[nodiscard]] std::string_view name_of(const JobEvent& event);
[[nodiscard]] nlohmann::ordered_json data_of(const JobEvent& event);

/// Pure ASCII, without line ends, whatever a program printed.
[[nodiscard]] std::string one_line(const nlohmann::ordered_json& data);

}  // namespace cex::hub
