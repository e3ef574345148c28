// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/model/job_view.hpp"

namespace cex::dto {

/// The job object of the API.
[[nodiscard]] nlohmann::ordered_json to_json_value(const JobView& job);

/// "SIGKILL" for 9; "SIG40" for a signal without a name.
[[nodiscard]] std::string signal_name(int signal);

/// Sets `<name>` and `<name>_encoding`: the text itself if it is UTF-8, else base64.
void put_bytes(nlohmann::ordered_json& object, std::string_view name,
               std::string_view encoding_name, const std::string& bytes);

/// Compact text; invalid UTF-8 (in what is not the program's data) becomes U+FFFD.
[[nodiscard]] std::string dump(const nlohmann::ordered_json& value);

}  // namespace cex::dto
