// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/model/job_view.hpp"

namespace cex::hub {

/// One server-sent event. `data` is one line: pure ASCII JSON, so no byte of a program can end the
/// event or begin another one.
[[nodiscard]] std::string render_event(std::uint64_t id, std::string_view name,
                                       const nlohmann::ordered_json& data);

/// Any event but `result`, whose data is the job object.
[[nodiscard]] std::string render_event(const JobEvent& event);

/// An `error` event outside the job's own numbering (it has no id, so it cannot be resumed after).
[[nodiscard]] std::string render_stream_error(std::string_view code, std::string_view detail);

/// The comment line that keeps proxies from closing a quiet stream.
inline constexpr std::string_view kHeartbeat = ": keep-alive\n\n";

}  // namespace cex::hub
