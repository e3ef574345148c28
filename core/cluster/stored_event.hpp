// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cluster/redis_reply.hpp"
#include "core/model/job_view.hpp"

namespace cex::cluster {

/// The six words of one event, as the scripts take them: number, kind, compile, run, state, bytes.
void add_words(std::vector<std::string>& words, const JobEvent& event);

/// One entry of a job's stream: {"NUMBER-0", {"k", KIND, ...}}. Empty for what is none of ours.
[[nodiscard]] std::optional<JobEvent> read_event(const Reply& entry);

}  // namespace cex::cluster
