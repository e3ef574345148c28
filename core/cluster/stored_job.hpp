// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/cluster/redis_client.hpp"
#include "core/cluster/redis_reply.hpp"
#include "core/model/job_view.hpp"
#include "core/storage/job_codec.hpp"

/// Checks of what Redis holds before any of it is believed: somebody else may have written it.
namespace cex::cluster {

inline constexpr std::string_view kFormat = "1";  ///< of common.lua

[[nodiscard]] tl::unexpected<Error> not_ours(std::string_view what);

/// An id of a job: of a kind that cannot be anything else in a log line or a key.
[[nodiscard]] Result<std::string> read_id(const Reply& reply);
[[nodiscard]] std::optional<WallTime> read_time_us(const Reply& reply);
[[nodiscard]] Result<storage::JobHead> read_head(const Reply& format, const Reply& head);

/// {format, state, head, view, started_us}: of one that has ended its view, else what is known.
[[nodiscard]] Result<JobView> read_view(const Reply& row);

[[nodiscard]] RedisClient::Words views_of(const std::vector<std::string>& words);

}  // namespace cex::cluster
