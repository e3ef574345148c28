// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/job_store.hpp"
#include "core/engine/shared_store.hpp"

namespace cex::test {

inline constexpr const char* kLane = "python|python3|3.11.2";

/// A batch of one, with an id of its own.
[[nodiscard]] std::vector<engine::NewJob> job(const std::string& source = "x",
                                              const std::string& tenant = "t");
[[nodiscard]] JobView ended(JobView view);
/// A node that can run those jobs (or, with other lanes, others).
[[nodiscard]] std::unique_ptr<engine::SharedStore> open_shared(
    const config::QueueSettings& queue, const config::ResultSettings& results = {},
    engine::FairQueue::ShareOf tenant_share = {}, std::vector<std::string> lanes = {kLane});
/// Claims until there is something, for as long as a slow machine may need.
[[nodiscard]] std::optional<engine::Claim> claim_patiently(engine::JobStore& store);

}  // namespace cex::test
