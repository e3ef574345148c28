// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/model/job_view.hpp"

namespace cex::hub {

/// The events of sse.hpp as WebSocket messages: `{"type":NAME,"id":ID, ...}` with the fields of the
/// event's data beside them, and `"job"` for a result.
[[nodiscard]] std::string render_io_event(const JobEvent& event);
[[nodiscard]] std::string render_io_result(std::uint64_t id, const nlohmann::ordered_json& job);
[[nodiscard]] std::string render_io_error(std::string_view code, std::string_view detail);

}  // namespace cex::hub
