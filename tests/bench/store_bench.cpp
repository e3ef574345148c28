// SPDX-License-Identifier: Apache-2.0
// How many jobs a second go through the store that nodes share: enqueue, claim, two events, finish,
// with nothing run in between. Usage: cex-store-bench ADDRESS [NODES [SECONDS [SOURCE_BYTES]]];
// each node is a thread that hands jobs in and one that takes and ends them, with connections of
// its own. The address is as in queue.redis.address; what is measured is that Redis, so give it one
// of its own.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/ids.hpp"
#include "core/engine/shared_store.hpp"

namespace {

using cex::engine::SharedStore;

std::unique_ptr<SharedStore> open_node(const std::string& address) {
  cex::config::QueueSettings queue;
  queue.max_jobs = 100'000;
  queue.redis.address = address;
  queue.redis.prefix = "cex-bench:";
  auto client = cex::cluster::RedisClient::open(queue.redis);
  if (!client) {
    std::fprintf(stderr, "%s\n", client.error().message.c_str());
    std::exit(1);
  }
  cex::config::ResultSettings results;
  results.max_jobs = 1'000;
  return std::make_unique<SharedStore>(
      std::make_shared<cex::engine::ClusterLink>(*std::move(client)),
      SharedStore::Settings{.queue = queue,
                            .results = results,
                            .tenant_share = {},
                            .language_bounds = {},
                            .offer = {{"python|python3|3"}, {}}});
}

std::vector<cex::engine::NewJob> make_job(const std::string& tenant, std::size_t source_bytes) {
  std::vector<cex::engine::NewJob> jobs(1);
  auto& job = jobs.front();
  job.view.id = cex::random_hex(16);
  job.view.tenant = tenant;
  job.view.language_id = "python";
  job.view.version = "3";
  job.view.created_at = std::chrono::system_clock::now();
  job.request.language = "python";
  job.request.source = std::string(source_bytes, '#');
  job.record.toolchain = "python3";
  job.ttl = std::chrono::seconds{60};
  return jobs;
}

void hand_in(SharedStore& store, const std::string& tenant, std::size_t source_bytes,
             const std::atomic<bool>& stop) {
  constexpr std::uint32_t kAhead = 200;
  while (!stop) {
    if (store.queued() < kAhead) {
      for (int i = 0; i < 50; ++i)
        static_cast<void>(store.enqueue(make_job(tenant, source_bytes), {}));
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }
}

void take_and_end(SharedStore& store, std::atomic<std::uint64_t>& ended,
                  const std::atomic<bool>& stop) {
  while (!stop) {
    auto claim = store.claim(std::chrono::milliseconds{100});
    if (!claim) continue;
    cex::JobEvent out;
    out.kind = cex::JobEvent::Kind::out;
    out.bytes = "42\n";
    static_cast<void>(store.append(claim->id, claim->attempt, out));
    cex::JobView view = claim->view;
    view.state = cex::JobState::finished;
    view.status = cex::Verdict::ok;
    view.finished_at = std::chrono::system_clock::now();
    view.runs.emplace_back().out.bytes = "42\n";
    if (store.finish(claim->id, claim->attempt, std::move(view))) ++ended;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: cex-store-bench ADDRESS [NODES [SECONDS [SOURCE_BYTES]]]\n");
    return 64;
  }
  std::signal(SIGPIPE, SIG_IGN);
  const auto number = [&](int at, long otherwise) {
    return argc > at ? std::max(1L, std::strtol(argv[at], nullptr, 10)) : otherwise;
  };
  const auto nodes = static_cast<std::size_t>(number(2, 4));
  const std::chrono::seconds time{number(3, 10)};
  const auto source_bytes = static_cast<std::size_t>(number(4, 1'000));
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> ended{0};
  std::vector<std::unique_ptr<SharedStore>> stores;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < nodes; ++i) {
    stores.push_back(open_node(argv[1]));
    SharedStore& store = *stores.back();
    const std::string tenant = "tenant" + std::to_string(i);
    threads.emplace_back([&, tenant] { hand_in(store, tenant, source_bytes, stop); });
    threads.emplace_back([&] { take_and_end(store, ended, stop); });
  }
  std::thread reaper{[&] {
    while (!stop) {
      stores.front()->reap({});
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
  }};
  const auto begun = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(time);
  stop = true;
  const double took =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const auto count = ended.load();
  for (auto& thread : threads) thread.join();
  reaper.join();
  std::printf("{\"nodes\": %zu, \"source_bytes\": %zu, \"jobs\": %llu, \"jobs_per_s\": %.0f}\n",
              nodes, source_bytes, static_cast<unsigned long long>(count),
              static_cast<double>(count) / took);
  return 0;
}
