// SPDX-License-Identifier: Apache-2.0
// Several nodes on one Redis, and a Redis that fails.
#include "core/engine/shared_store.hpp"

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <fstream>
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "core/base/ids.hpp"
#include "tests/api/raw_client.hpp"
#include "tests/cluster/nodes_fixture.hpp"
#include "tests/cluster/redis_server.hpp"
#include "tests/cluster/store_jobs.hpp"

namespace cex::test {
namespace {

using engine::Claim;
using engine::SharedStore;
using engine::StopReason;
using std::chrono::milliseconds;
using Part = std::unique_ptr<SharedStore>;

class SharedStores : public testing::Test {
 protected:
  Part node(std::vector<std::string> lanes = {kLane}) {
    config::QueueSettings queue;
    queue.redis = redis.settings();
    queue.max_attempts = 2;
    return open_shared(queue, {}, {}, std::move(lanes));
  }

  RedisServer redis;
};

TEST_F(SharedStores, a_job_goes_from_one_node_to_another_and_its_result_back) {
  const Part a = node({});
  const Part b = node();
  const auto jobs = job();
  const std::string id = jobs.front().view.id;
  ASSERT_TRUE(a->enqueue(jobs, {}));
  EXPECT_FALSE(a->claim(milliseconds{0}));  // it runs nothing
  std::atomic<int> told{0};
  const auto watch = a->watch(id, engine::Watched::every_event, [&] { ++told; });
  ASSERT_TRUE(watch);
  const auto claim = claim_patiently(*b);
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->request->version, "python3");
  JobEvent out;
  out.kind = JobEvent::Kind::out;
  out.bytes = "hello";
  ASSERT_TRUE(b->append(id, claim->attempt, out));
  // While it still runs.
  EXPECT_TRUE(comes_true([&] {
    const auto page = a->events(id, 2);
    return page && !page->events.empty() && page->events.front().bytes == "hello";
  }));
  ASSERT_TRUE(b->finish(id, claim->attempt, ended(claim->view)));
  EXPECT_EQ(a->get(id)->status, Verdict::ok);
  EXPECT_TRUE(a->events(id, 3)->finished);
  EXPECT_TRUE(comes_true([&] { return told >= 3; }));
}

TEST_F(SharedStores, a_job_waits_for_a_node_that_has_its_toolchain) {
  const Part other = node({"python|python3|3.12.1"});
  const Part right = node({"go|go|1.19", kLane});
  const auto jobs = job();
  ASSERT_TRUE(other->enqueue(jobs, {}));
  EXPECT_FALSE(other->claim(milliseconds{300}));
  const auto claim = claim_patiently(*right);
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->id, jobs.front().view.id);
}

TEST_F(SharedStores, of_two_nodes_one_gets_a_job) {
  const Part a = node();
  const Part b = node();
  constexpr int kJobs = 100;
  for (int i = 0; i < kJobs; ++i) ASSERT_TRUE(a->enqueue(job(), {}));
  std::atomic<int> claimed{0};
  std::vector<std::thread> threads;
  for (SharedStore* store : {a.get(), b.get(), a.get(), b.get()}) {
    threads.emplace_back([&claimed, store] {
      while (const auto claim = store->claim(milliseconds{300})) {
        ++claimed;
        EXPECT_TRUE(store->finish(claim->id, claim->attempt, ended(claim->view)));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(claimed, kJobs);
  EXPECT_EQ(a->queued(), 0U);
}

TEST_F(SharedStores, an_idempotency_key_holds_on_every_node) {
  const Part a = node();
  const Part b = node();
  const IdempotencyKey key{"k", "body"};
  ASSERT_TRUE(a->reserve("t", key));
  const auto jobs = job();
  std::thread later{[&] {
    const auto known = b->reserve("t", key);
    ASSERT_TRUE(known && *known) << "the second waits for the first";
    EXPECT_EQ((*known)->front(), jobs.front().view.id);
  }};
  std::this_thread::sleep_for(milliseconds{50});
  ASSERT_TRUE(a->enqueue(jobs, key));
  a->release("t", key);
  later.join();
}

TEST_F(SharedStores, jobs_of_a_dead_node_run_elsewhere_and_the_dead_cannot_write) {
  Part dead = node();
  const Part alive = node();
  const auto jobs = job();
  const std::string id = jobs.front().view.id;
  ASSERT_TRUE(alive->enqueue(jobs, {}));
  const auto first = claim_patiently(*dead);
  ASSERT_TRUE(first);
  // Dead in the eyes of Redis: nobody says any more that it lives.
  redis.ask({"HSET", "cex:job:" + id, "node", "gone"});
  redis.ask({"ZADD", "cex:leases", "1", id});
  ASSERT_TRUE(comes_true([&] {
    EXPECT_TRUE(alive->orphans().empty());
    return alive->get(id)->state == JobState::queued || alive->cluster()->redelivered > 0;
  }));
  const auto second = claim_patiently(*alive);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->attempt, 2U);
  EXPECT_EQ(dead->finish(id, first->attempt, ended(first->view)).error().code, Errc::not_found);
  EXPECT_EQ(dead->cluster()->lost, 1U);
  ASSERT_TRUE(alive->finish(id, second->attempt, ended(second->view)));
  // Numbers of events that were seen are not used again.
  const auto events = alive->events(id, 0);
  std::uint64_t last = 0;
  for (const auto& event : events->events) {
    EXPECT_GT(event.sequence, last);
    last = event.sequence;
  }
  EXPECT_TRUE(events->finished);
}

TEST_F(SharedStores, a_job_that_kills_every_node_is_given_up) {
  const Part alive = node();
  const auto jobs = job();
  const std::string id = jobs.front().view.id;
  ASSERT_TRUE(alive->enqueue(jobs, {}));
  std::vector<engine::Orphan> orphans;
  for (int attempt = 1; attempt <= 2; ++attempt) {
    const Part dead = node();
    const auto claim = claim_patiently(*dead);
    ASSERT_TRUE(claim);
    redis.ask({"HSET", "cex:job:" + id, "node", "gone"});
    redis.ask({"ZADD", "cex:leases", "1", id});
    ASSERT_TRUE(comes_true([&] {
      for (auto& orphan : alive->orphans()) orphans.push_back(std::move(orphan));
      return !orphans.empty() || alive->get(id)->state == JobState::queued;
    }));
  }
  ASSERT_EQ(orphans.size(), 1U);
  const Claim& claim = orphans.front().claim;
  EXPECT_FALSE(orphans.front().was_cancelled);
  EXPECT_EQ(claim.record.job, id);
  JobView view = ended(claim.view);
  view.status = Verdict::internal_error;
  ASSERT_TRUE(alive->finish(id, claim.attempt, view));
  EXPECT_EQ(alive->get(id)->status, Verdict::internal_error);
  EXPECT_EQ(alive->cluster()->given_up, 1U);
  EXPECT_EQ(redis.ask({"XLEN", "cex:dead"}).integer, 1);
}

TEST_F(SharedStores, a_lease_that_cannot_be_renewed_stops_the_attempt) {
  const Part worker = node();
  std::atomic<int> stopped{0};
  worker->when_to_stop([&](const std::string&, std::uint32_t, StopReason reason) {
    if (reason == StopReason::lost) ++stopped;
  });
  ASSERT_TRUE(worker->enqueue(job(), {}));
  const auto claim = claim_patiently(*worker);
  ASSERT_TRUE(claim);
  redis.freeze();
  EXPECT_TRUE(comes_true([&] { return stopped > 0; }));
  EXPECT_TRUE(comes_true([&] { return worker->check().state == HealthCheck::State::failed; }));
  redis.thaw();
  EXPECT_TRUE(comes_true([&] { return worker->check().state == HealthCheck::State::ok; }));
}

TEST_F(SharedStores, a_cancel_reaches_the_node_that_runs_the_job) {
  const Part asker = node({});
  const Part worker = node();
  const auto jobs = job();
  const std::string id = jobs.front().view.id;
  ASSERT_TRUE(asker->enqueue(jobs, {}));
  const auto claim = claim_patiently(*worker);
  ASSERT_TRUE(claim);
  std::thread ending;
  std::atomic<bool> told{false};
  worker->when_to_stop([&](const std::string& which, std::uint32_t, StopReason reason) {
    EXPECT_EQ(which, id);
    EXPECT_EQ(reason, StopReason::cancelled);
    if (told.exchange(true)) return;
    ending = std::thread{[&] {
      JobView view = ended(claim->view);
      view.state = JobState::cancelled;
      view.status = Verdict::cancelled;
      EXPECT_TRUE(worker->finish(id, claim->attempt, view));
    }};
  });
  const auto elsewhere = asker->cancel_elsewhere(id);
  ASSERT_TRUE(elsewhere) << elsewhere.error().message;
  EXPECT_TRUE(*elsewhere);
  EXPECT_EQ(asker->get(id)->state, JobState::cancelled);
  if (ending.joinable()) ending.join();
  EXPECT_FALSE(*asker->cancel_elsewhere(id));
}

TEST_F(SharedStores, accepted_jobs_and_results_outlive_a_redis_that_is_killed) {
  const Part a = node();
  const auto waiting = job();
  const auto done = job();
  ASSERT_TRUE(a->enqueue(done, {}));
  const auto claim = claim_patiently(*a);
  ASSERT_TRUE(claim);
  ASSERT_TRUE(a->enqueue(waiting, {}));
  redis.kill();
  // A result that comes meanwhile waits for Redis.
  std::thread ending{
      [&] { EXPECT_TRUE(a->finish(claim->id, claim->attempt, ended(claim->view))); }};
  ASSERT_TRUE(comes_true([&] { return a->check().state == HealthCheck::State::failed; }));
  const auto refused = a->enqueue(job(), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::not_ready);
  EXPECT_FALSE(a->claim(milliseconds{0}));
  redis.start();
  ending.join();
  ASSERT_TRUE(comes_true([&] { return a->check().state == HealthCheck::State::ok; }))
      << a->check().detail;
  EXPECT_EQ(a->get(done.front().view.id)->status, Verdict::ok);
  const auto next = claim_patiently(*a);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->id, waiting.front().view.id);
}

TEST_F(SharedStores, watches_go_on_after_a_redis_was_away) {
  const Part a = node({});
  const Part b = node();
  const auto jobs = job();
  const std::string id = jobs.front().view.id;
  ASSERT_TRUE(a->enqueue(jobs, {}));
  std::atomic<int> told{0};
  const auto watch = a->watch(id, engine::Watched::every_event, [&] { ++told; });
  ASSERT_TRUE(watch);
  redis.kill();
  ASSERT_TRUE(comes_true([&] { return a->check().state == HealthCheck::State::failed; }));
  redis.start();
  const auto claim = claim_patiently(*b);
  ASSERT_TRUE(claim);
  ASSERT_TRUE(b->finish(id, claim->attempt, ended(claim->view)));
  const int before = told;
  EXPECT_TRUE(comes_true([&] { return told > before || a->events(id, 0)->finished; }));
  EXPECT_TRUE(comes_true([&] { return told >= 2; }));
}

TEST_F(SharedStores, what_is_no_job_is_refused_and_harms_nobody) {
  const Part a = node();
  const std::string cbor_bomb(1 << 20U, '\x81');
  const std::vector<std::pair<std::string, std::string>> poison{
      {"head", ""},           {"head", cbor_bomb}, {"head", "\xa0"}, {"request", "nonsense"},
      {"request", cbor_bomb}, {"v", "999"},        {"v", ""},
  };
  for (const auto& [field, value] : poison) {
    const auto jobs = job();
    const std::string id = jobs.front().view.id;
    ASSERT_TRUE(a->enqueue(jobs, {}));
    redis.ask({"HSET", "cex:job:" + id, field, value});
    static_cast<void>(a->get(id));
    static_cast<void>(a->list({}));
    static_cast<void>(a->cancel_elsewhere(id));
    const auto claim = a->claim(milliseconds{500});
    if (field == "head" && value == "\xa0") {
      // An empty document is one of an older version: every field keeps its default.
      if (claim) static_cast<void>(a->finish(claim->id, claim->attempt, ended(claim->view)));
      continue;
    }
    EXPECT_FALSE(claim) << field;
    if (field != "v") {
      EXPECT_EQ(a->get(id)->status, Verdict::internal_error) << field;
    }
  }
  for (const char* field : {"attempts", "seq", "bytes"}) {
    const auto jobs = job();
    ASSERT_TRUE(a->enqueue(jobs, {}));
    redis.ask({"HSET", "cex:job:" + jobs.front().view.id, field, "many"});
    EXPECT_FALSE(a->claim(milliseconds{500})) << field;
  }
  const auto string = job();
  ASSERT_TRUE(a->enqueue(string, {}));
  redis.ask({"SET", "cex:job:" + string.front().view.id, "a text"});
  EXPECT_FALSE(a->claim(milliseconds{500}));
  const auto good = job();
  ASSERT_TRUE(a->enqueue(good, {}));
  // Events and node names that nobody of ours wrote.
  redis.ask({"XADD", "cex:events:" + good.front().view.id, "9-0", "k", "77", "b", "x"});
  EXPECT_FALSE(a->events(good.front().view.id, 0));
  redis.ask({"XADD", "cex:wake", "*", "lane", cbor_bomb});
  redis.ask({"ZADD", "cex:deadlines", "1", "../../etc"});
  EXPECT_TRUE(a->overdue({}).empty());
  EXPECT_TRUE(claim_patiently(*a));
}

TEST_F(SharedStores, a_node_follows_the_primary_when_a_replica_takes_over) {
  RedisServer replica;
  // Replicas copy over TCP; the first one listens on loopback for it.
  config::QueueSettings queue;
  queue.redis = redis.settings();
  queue.redis.address = redis.address() + ", " + replica.address();
  const std::string number = std::to_string(free_port());
  redis.ask({"CONFIG", "SET", "port", number});
  replica.ask({"REPLICAOF", "127.0.0.1", number});
  queue.redis.replicas = 1;
  ASSERT_TRUE(comes_true([&] {
    const auto role = replica.ask({"ROLE"});
    return role[3].as_text() == "connected";
  }));
  const Part a = open_shared(queue);
  const auto jobs = job();
  ASSERT_TRUE(comes_true([&] { return a->enqueue(jobs, {}).has_value(); }));
  redis.kill();
  ASSERT_TRUE(comes_true([&] { return a->check().state == HealthCheck::State::failed; }));
  replica.ask({"REPLICAOF", "NO", "ONE"});
  const auto claim = claim_patiently(*a);
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->id, jobs.front().view.id);
  // Nobody copies the new primary yet, and that is what was asked for.
  EXPECT_EQ(a->enqueue(job(), {}).error().code, Errc::not_ready);
}

TEST_F(SharedStores, a_replica_is_not_written_to) {
  RedisServer replica;
  const std::string number = std::to_string(free_port());
  redis.ask({"CONFIG", "SET", "port", number});
  replica.ask({"REPLICAOF", "127.0.0.1", number});
  config::QueueSettings queue;
  queue.redis = replica.settings();
  const Part a = open_shared(queue);
  EXPECT_EQ(a->check().state, HealthCheck::State::failed);
  EXPECT_NE(a->check().detail.find("not a primary"), std::string::npos) << a->check().detail;
}

TEST_F(SharedStores, says_the_password_and_that_it_is_the_wrong_one) {
  RedisServer locked{{"--requirepass", "open sesame"}};
  config::QueueSettings queue;
  queue.redis = locked.settings();
  const std::string file = locked.folder() + "/password";
  std::ofstream{file} << "open sesame\n";
  EXPECT_EQ(open_shared(queue)->check().state, HealthCheck::State::failed);
  queue.redis.password_file = file;
  EXPECT_EQ(open_shared(queue)->check().state, HealthCheck::State::ok);
  std::ofstream{file} << "wrong\n";
  const Part wrong = open_shared(queue);
  EXPECT_EQ(wrong->check().state, HealthCheck::State::failed);
  EXPECT_EQ(wrong->check().detail.find("wrong\n"), std::string::npos);
  queue.redis.password_file = locked.folder() + "/none";
  EXPECT_EQ(cluster::RedisClient::open(queue.redis).error().code, Errc::config);
}

// The rights that docs/scaling.md tells operators to give.
TEST_F(SharedStores, needs_no_more_rights_than_the_manual_says) {
  std::ifstream manual{CEX_SOURCE_DIR "/docs/scaling.md"};
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  while (manual >> word) {
    if (word == "SETUSER") inside = true;
    if (inside && word == "```") break;
    if (inside) words.push_back(word == ">PASSWORD" ? ">secret" : word);
  }
  ASSERT_GT(words.size(), 20U);
  words.insert(words.begin(), "ACL");
  redis.ask({words.begin(), words.end()});
  const std::string file = redis.folder() + "/password";
  std::ofstream{file} << "secret";
  config::QueueSettings queue;
  queue.redis = redis.settings();
  queue.redis.user = "code-executor";
  queue.redis.password_file = file;
  const Part a = open_shared(queue);
  ASSERT_EQ(a->check().state, HealthCheck::State::ok) << a->check().detail;
  const IdempotencyKey key{"k", "body"};
  ASSERT_TRUE(a->reserve("t", key));
  const auto jobs = job();
  const std::string id = jobs.front().view.id;
  const auto enqueued = a->enqueue(jobs, key);
  ASSERT_TRUE(enqueued) << enqueued.error().message;
  const auto watch = a->watch(id, engine::Watched::every_event, [] {});
  ASSERT_TRUE(watch);
  auto claim = claim_patiently(*a);
  ASSERT_TRUE(claim);
  ASSERT_TRUE(a->retry(id, claim->attempt, milliseconds{1}));
  claim = claim_patiently(*a);
  ASSERT_TRUE(claim);
  JobEvent out;
  out.kind = JobEvent::Kind::out;
  ASSERT_TRUE(a->append(id, claim->attempt, out));
  EXPECT_TRUE(a->cancel_elsewhere(id));
  EXPECT_TRUE(a->orphans().empty());
  ASSERT_TRUE(a->finish(id, claim->attempt, ended(claim->view)));
  EXPECT_TRUE(a->list({}));
  EXPECT_TRUE(a->get(id));
  EXPECT_TRUE(a->events(id, 0));
  ASSERT_TRUE(a->enqueue(job(), {}));
  a->reap({});
  EXPECT_TRUE(a->forget(id));
  const auto log = redis.ask({"ACL", "LOG"});
  EXPECT_TRUE(log.items.empty()) << log[0][5].text << " " << log[0][7].text;
}

TEST_F(SharedStores, works_after_the_scripts_were_flushed_and_tells_of_a_careless_set_up) {
  const Part a = node();
  redis.ask({"SCRIPT", "FLUSH"});
  EXPECT_TRUE(a->enqueue(job(), {}));
  RedisServer careless{{"--appendonly", "no"}};
  config::QueueSettings queue;
  queue.redis = careless.settings();
  const auto check = open_shared(queue)->check();
  EXPECT_EQ(check.state, HealthCheck::State::degraded);
  EXPECT_NE(check.detail.find("appendonly"), std::string::npos);
}

TEST_F(SharedStores, leaves_no_source_behind_and_no_result_beyond_its_time) {
  const Part a = node();
  auto jobs = job("marker-of-a-source");
  jobs.front().ttl = std::chrono::seconds{1};
  const std::string id = jobs.front().view.id;
  ASSERT_TRUE(a->enqueue(jobs, {}));
  const auto claim = claim_patiently(*a);
  ASSERT_TRUE(claim);
  ASSERT_TRUE(a->finish(id, claim->attempt, ended(claim->view)));
  EXPECT_TRUE(redis.ask({"HGET", "cex:job:" + id, "request"}).is_nil());
  EXPECT_GT(redis.ask({"PTTL", "cex:job:" + id}).integer, 0);
  EXPECT_TRUE(comes_true([&] {
    a->reap({});
    return !a->get(id);
  }));
  const auto keys = redis.ask({"KEYS", "*" + id + "*"});
  EXPECT_TRUE(keys.items.empty());
  EXPECT_EQ(redis.ask({"HGET", "cex:results", "bytes"}).text, "0");
}

}  // namespace
}  // namespace cex::test
