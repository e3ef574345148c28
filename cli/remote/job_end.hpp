// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace cex::cli {

/// Reading a job object of the API.
[[nodiscard]] bool has_ended(const nlohmann::json& job);
/// "ok", "compile_error", ...; empty before the end.
[[nodiscard]] std::string status_of(const nlohmann::json& job);
/// The bytes of a step's `stdout` or `stderr`, whatever their encoding.
[[nodiscard]] std::string stream_of(const nlohmann::json& step, const std::string& name);
/// The exit status of `cex run` for a job that ended like this.
[[nodiscard]] int exit_status_of(const nlohmann::json& job);

}  // namespace cex::cli
