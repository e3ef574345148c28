// SPDX-License-Identifier: Apache-2.0
#include "tests/cluster/store_jobs.hpp"

#include <gtest/gtest.h>

#include "core/base/ids.hpp"
#include "tests/api/raw_client.hpp"

namespace cex::test {

std::vector<engine::NewJob> job(const std::string& source, const std::string& tenant) {
  std::vector<engine::NewJob> jobs(1);
  engine::NewJob& made = jobs.front();
  made.view.id = random_hex(16);
  made.view.tenant = tenant;
  made.view.language_id = "python";
  made.view.version = "3.11.2";
  made.view.created_at = std::chrono::system_clock::now();
  made.request.language = "python";
  made.request.source = source;
  made.record.job = made.view.id;
  made.record.toolchain = "python3";
  made.record.toolchain_version = "3.11.2";
  made.ttl = std::chrono::seconds{60};
  return jobs;
}

JobView ended(JobView view) {
  view.state = JobState::finished;
  view.status = Verdict::ok;
  view.finished_at = std::chrono::system_clock::now();
  return view;
}

std::unique_ptr<engine::SharedStore> open_shared(const config::QueueSettings& queue,
                                                 const config::ResultSettings& results,
                                                 engine::FairQueue::ShareOf tenant_share,
                                                 std::vector<std::string> lanes) {
  auto client = cluster::RedisClient::open(queue.redis);
  if (!client) {
    ADD_FAILURE() << client.error().message;
    return nullptr;
  }
  return std::make_unique<engine::SharedStore>(
      std::make_shared<engine::ClusterLink>(*std::move(client)),
      engine::SharedStore::Settings{.queue = queue,
                                    .results = results,
                                    .tenant_share = std::move(tenant_share),
                                    .language_bounds = {},
                                    .offer = {std::move(lanes), {}}});
}

std::optional<engine::Claim> claim_patiently(engine::JobStore& store) {
  const auto deadline =
      std::chrono::steady_clock::now() + patience(std::chrono::milliseconds{20'000});
  while (std::chrono::steady_clock::now() < deadline) {
    if (auto claim = store.claim(std::chrono::milliseconds{100})) return claim;
  }
  return std::nullopt;
}

}  // namespace cex::test
