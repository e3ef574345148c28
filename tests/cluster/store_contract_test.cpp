// SPDX-License-Identifier: Apache-2.0
// What every store promises, asked of both.
#include <atomic>
#include <cstdint>
#include <thread>

#include <gtest/gtest.h>

#include "core/base/ids.hpp"
#include "core/engine/local_store.hpp"
#include "core/engine/shared_store.hpp"
#include "tests/api/raw_client.hpp"
#include "tests/cluster/redis_server.hpp"
#include "tests/cluster/store_jobs.hpp"

namespace cex::test {
namespace {

using engine::Claim;
using engine::JobStore;
using engine::NewJob;

enum class Kind : std::uint8_t { local, shared };

struct Options {
  config::QueueSettings queue;
  config::ResultSettings results;
  engine::FairQueue::ShareOf tenant_share;
};

class StoreContract : public testing::TestWithParam<Kind> {
 protected:
  JobStore& open(Options options = {}) {
    store_.reset();
    if (GetParam() == Kind::local) {
      auto journal = storage::JobJournal::open_in_memory();
      EXPECT_TRUE(journal);
      auto made =
          engine::LocalStore::open(*std::move(journal), {.queue = options.queue,
                                                         .results = options.results,
                                                         .tenant_share = options.tenant_share,
                                                         .language_share = {},
                                                         .durable = true});
      EXPECT_TRUE(made);
      store_ = *std::move(made);
    } else {
      redis_ = std::make_unique<RedisServer>();
      options.queue.redis = redis_->settings();
      store_ = open_shared(options.queue, options.results, options.tenant_share);
    }
    return *store_;
  }
  void TearDown() override { store_.reset(); }

  static Claim claimed(JobStore& store) {
    auto claim = claim_patiently(store);
    EXPECT_TRUE(claim);
    return claim.value_or(Claim{});
  }

  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<JobStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, testing::Values(Kind::local, Kind::shared),
                         [](const auto& kind) {
                           return kind.param == Kind::local ? "local" : "shared";
                         });

TEST_P(StoreContract, gives_out_jobs_in_order_and_refuses_when_full) {
  Options options;
  options.queue.max_jobs = 2;
  JobStore& store = open(options);
  const auto a = job();
  const auto b = job();
  ASSERT_TRUE(store.enqueue(a, {}));
  ASSERT_TRUE(store.enqueue(b, {}));
  EXPECT_EQ(store.queued(), 2U);
  const auto refused = store.enqueue(job(), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::queue_full);
  EXPECT_GT(refused.error().retry_after_s, 0U);
  EXPECT_EQ(claimed(store).id, a.front().view.id);
  EXPECT_EQ(store.queued(), 1U);
  EXPECT_EQ(claimed(store).id, b.front().view.id);
  EXPECT_FALSE(store.claim(std::chrono::milliseconds{0}));
}

TEST_P(StoreContract, is_bounded_in_bytes_and_takes_a_batch_whole_or_not_at_all) {
  Options options;
  options.queue.max_bytes = 3'000;
  JobStore& store = open(options);
  auto batch = job(std::string(1'000, 'x'));
  for (int i = 0; i < 3; ++i) batch.push_back(job(std::string(1'000, 'x')).front());
  const auto refused = store.enqueue(batch, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::queue_full);
  EXPECT_EQ(store.queued(), 0U);
  batch.resize(2);
  ASSERT_TRUE(store.enqueue(batch, {}));
  EXPECT_EQ(store.queued(), 2U);
  EXPECT_GT(store.queued_bytes(), 2'000U);
}

TEST_P(StoreContract, prefers_the_higher_priority_of_one_tenant) {
  JobStore& store = open();
  auto low = job();
  low.front().request.priority = 1;
  auto high = job();
  high.front().request.priority = 9;
  ASSERT_TRUE(store.enqueue(low, {}));
  ASSERT_TRUE(store.enqueue(high, {}));
  EXPECT_EQ(claimed(store).id, high.front().view.id);
  EXPECT_EQ(claimed(store).id, low.front().view.id);
}

TEST_P(StoreContract, shares_between_tenants_however_many_jobs_each_has) {
  JobStore& store = open();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(store.enqueue(job("x", "flood"), {}));
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(store.enqueue(job("x", "quiet"), {}));
  int quiet = 0;
  for (int i = 0; i < 10; ++i) {
    const Claim claim = claimed(store);
    quiet += claim.view.tenant == "quiet" ? 1 : 0;
    ASSERT_TRUE(store.finish(claim.id, claim.attempt, ended(claim.view)));
  }
  EXPECT_GE(quiet, 3);
}

TEST_P(StoreContract, keeps_a_tenant_to_its_bounds) {
  Options options;
  options.tenant_share = [](const std::string&) { return engine::Share{1, 1, 2}; };
  JobStore& store = open(options);
  ASSERT_TRUE(store.enqueue(job(), {}));
  ASSERT_TRUE(store.enqueue(job(), {}));
  EXPECT_EQ(store.enqueue(job(), {}).error().code, Errc::queue_full);
  const Claim claim = claimed(store);
  EXPECT_FALSE(store.claim(std::chrono::milliseconds{50}));
  ASSERT_TRUE(store.finish(claim.id, claim.attempt, ended(claim.view)));
  EXPECT_TRUE(claim_patiently(store));
}

TEST_P(StoreContract, brings_back_all_that_was_asked) {
  JobStore& store = open();
  auto jobs = job("print('\xc3\xa4')\0x");
  jobs.front().request.stdin_bytes = std::string{"\0\xff\r\n", 4};
  jobs.front().request.labels = {{"course", "cs1"}};
  jobs.front().context.request_id = "r-1";
  ASSERT_TRUE(store.enqueue(jobs, {}));
  const Claim claim = claimed(store);
  EXPECT_EQ(claim.request->stdin_bytes, jobs.front().request.stdin_bytes);
  EXPECT_EQ(*claim.request->source, *jobs.front().request.source);
  EXPECT_EQ(claim.context.request_id, "r-1");
  EXPECT_EQ(claim.record.job, claim.id);
  EXPECT_EQ(claim.attempt, 1U);
  EXPECT_EQ(store.get(claim.id)->state, JobState::running);
  EXPECT_TRUE(store.get(claim.id)->started_at);
  EXPECT_EQ(*store.owner(claim.id), "t");
}

TEST_P(StoreContract, refuses_what_a_stale_attempt_writes) {
  JobStore& store = open();
  ASSERT_TRUE(store.enqueue(job(), {}));
  const Claim claim = claimed(store);
  EXPECT_FALSE(store.append(claim.id, claim.attempt + 1, {}));
  EXPECT_FALSE(store.finish(claim.id, claim.attempt + 1, ended(claim.view)));
  ASSERT_TRUE(store.finish(claim.id, claim.attempt, ended(claim.view)));
  EXPECT_FALSE(store.finish(claim.id, claim.attempt, ended(claim.view)));
  EXPECT_FALSE(store.append(claim.id, claim.attempt, {}));
  EXPECT_EQ(store.get(claim.id)->status, Verdict::ok);
}

TEST_P(StoreContract, lets_a_failed_attempt_wait_and_counts_it) {
  JobStore& store = open();
  ASSERT_TRUE(store.enqueue(job(), {}));
  const Claim first = claimed(store);
  ASSERT_TRUE(store.retry(first.id, first.attempt, std::chrono::milliseconds{50}));
  EXPECT_EQ(store.get(first.id)->state, JobState::queued);
  const Claim second = claimed(store);
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.attempt, 2U);
  ASSERT_TRUE(store.give_back(second.id, second.attempt));
  EXPECT_EQ(claimed(store).attempt, 2U);
}

TEST_P(StoreContract, tells_events_in_order_to_whoever_watches) {
  JobStore& store = open();
  const auto jobs = job();
  const std::string id = jobs.front().view.id;
  ASSERT_TRUE(store.enqueue(jobs, {}));
  std::atomic<int> told{0};
  const auto watch = store.watch(id, engine::Watched::every_event, [&] { ++told; });
  ASSERT_TRUE(watch);
  EXPECT_GE(told, 1);
  const Claim claim = claimed(store);
  JobEvent out;
  out.kind = JobEvent::Kind::out;
  out.bytes = std::string{"a\0b", 3};
  ASSERT_TRUE(store.append(id, claim.attempt, out));
  ASSERT_TRUE(store.finish(id, claim.attempt, ended(claim.view)));
  std::vector<JobEvent> events;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  for (bool finished = false; !finished;) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    const auto page = store.events(id, events.empty() ? 0 : events.back().sequence);
    ASSERT_TRUE(page);
    events.insert(events.end(), page->events.begin(), page->events.end());
    finished = page->finished;
  }
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[0].state, JobState::queued);
  EXPECT_EQ(events[1].state, JobState::running);
  EXPECT_EQ(events[2].bytes, out.bytes);
  EXPECT_EQ(events[3].state, JobState::finished);
  EXPECT_EQ(events[4].kind, JobEvent::Kind::result);
  for (std::size_t i = 1; i < events.size(); ++i) {
    EXPECT_GT(events[i].sequence, events[i - 1].sequence);
  }
  EXPECT_EQ(store.events(id, events[2].sequence)->events.size(), 2U);
  EXPECT_TRUE(store.events(id, ~std::uint64_t{0})->finished);
  while (told < 2) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

TEST_P(StoreContract, cancels_a_waiting_job_once) {
  JobStore& store = open();
  const auto jobs = job();
  const std::string id = jobs.front().view.id;
  ASSERT_TRUE(store.enqueue(jobs, {}));
  const auto record = store.cancel_queued(id, "why");
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->job, id);
  EXPECT_EQ(store.get(id)->state, JobState::cancelled);
  EXPECT_EQ(store.get(id)->message, "why");
  EXPECT_TRUE(store.events(id, 0)->finished);
  EXPECT_EQ(store.queued(), 0U);
  EXPECT_FALSE(store.claim(std::chrono::milliseconds{0}));
  const auto again = store.cancel_queued(id, {});
  EXPECT_TRUE(again && !*again);
  EXPECT_EQ(store.cancel_queued(random_hex(16), {}).error().code, Errc::not_found);
}

TEST_P(StoreContract, names_jobs_that_wait_too_long) {
  JobStore& store = open();
  auto late = job();
  late.front().deadline = late.front().view.created_at + std::chrono::milliseconds{1};
  ASSERT_TRUE(store.enqueue(late, {}));
  auto patient = job();
  patient.front().deadline = patient.front().view.created_at + std::chrono::hours{1};
  ASSERT_TRUE(store.enqueue(patient, {}));
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  const auto overdue = store.overdue(std::chrono::system_clock::now());
  ASSERT_EQ(overdue.size(), 1U);
  EXPECT_EQ(overdue.front(), late.front().view.id);
}

TEST_P(StoreContract, forgets_what_has_ended_and_nothing_else) {
  JobStore& store = open();
  ASSERT_TRUE(store.enqueue(job(), {}));
  const Claim claim = claimed(store);
  EXPECT_FALSE(store.forget(claim.id));
  ASSERT_TRUE(store.finish(claim.id, claim.attempt, ended(claim.view)));
  ASSERT_TRUE(store.forget(claim.id));
  EXPECT_EQ(store.get(claim.id).error().code, Errc::not_found);
  EXPECT_EQ(store.events(claim.id, 0).error().code, Errc::not_found);
  EXPECT_EQ(store.forget(claim.id).error().code, Errc::not_found);
  EXPECT_TRUE(store.list({})->jobs.empty());
}

TEST_P(StoreContract, pages_newest_first_and_filters) {
  JobStore& store = open();
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    auto jobs = job("x", i == 4 ? "other" : "t");
    jobs.front().view.labels = {{"n", std::to_string(i)}};
    ids.push_back(jobs.front().view.id);
    ASSERT_TRUE(store.enqueue(jobs, {}));
  }
  JobFilter filter;
  filter.tenant = "t";
  filter.limit = 3;
  auto page = store.list(filter);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->jobs.size(), 3U);
  EXPECT_EQ(page->jobs.front().id, ids[3]);
  ASSERT_TRUE(page->next_cursor);
  filter.cursor = *page->next_cursor;
  page = store.list(filter);
  ASSERT_EQ(page->jobs.size(), 1U);
  EXPECT_EQ(page->jobs.front().id, ids[0]);
  EXPECT_FALSE(page->next_cursor);
  filter.cursor = "x";
  EXPECT_EQ(store.list(filter).error().code, Errc::invalid_request);

  const Claim claim = claimed(store);
  ASSERT_TRUE(store.finish(claim.id, claim.attempt, ended(claim.view)));
  JobFilter done;
  done.status = Verdict::ok;
  ASSERT_EQ(store.list(done)->jobs.size(), 1U);
  EXPECT_EQ(store.list(done)->jobs.front().id, claim.id);
  JobFilter waiting;
  waiting.state = JobState::queued;
  EXPECT_EQ(store.list(waiting)->jobs.size(), 4U);
  JobFilter labelled;
  labelled.label = "n=2";
  ASSERT_EQ(store.list(labelled)->jobs.size(), 1U);
  EXPECT_EQ(store.list(labelled)->jobs.front().id, ids[2]);
  labelled.label = "n";
  EXPECT_EQ(store.list(labelled)->jobs.size(), 5U);
  labelled.label = "m";
  EXPECT_TRUE(store.list(labelled)->jobs.empty());
  JobFilter language;
  language.language = "go";
  EXPECT_TRUE(store.list(language)->jobs.empty());
}

TEST_P(StoreContract, makes_one_job_of_a_key_used_twice) {
  JobStore& store = open();
  const IdempotencyKey key{"k", "body"};
  const auto fresh = store.reserve("t", key);
  ASSERT_TRUE(fresh && !*fresh);
  const auto jobs = job();
  ASSERT_TRUE(store.enqueue(jobs, key));
  store.release("t", key);
  const auto known = store.reserve("t", key);
  ASSERT_TRUE(known && *known);
  EXPECT_EQ((*known)->front(), jobs.front().view.id);
  EXPECT_EQ(store.reserve("t", {"k", "other body"}).error().code, Errc::conflict);
  const auto others = store.reserve("u", key);
  EXPECT_TRUE(others && !*others);
}

TEST_P(StoreContract, lets_a_key_go_that_came_to_nothing_and_makes_the_second_wait) {
  JobStore& store = open();
  const IdempotencyKey key{"k", "body"};
  ASSERT_TRUE(store.reserve("t", key));
  std::atomic<bool> got{false};
  std::thread second{[&] {
    const auto mine = store.reserve("t", key);
    EXPECT_TRUE(mine && !*mine);
    got = true;
  }};
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_FALSE(got);
  store.release("t", key);
  second.join();
  EXPECT_TRUE(got);
}

TEST_P(StoreContract, keeps_callbacks_of_what_has_ended_until_they_are_done) {
  JobStore& store = open();
  ASSERT_TRUE(store.keeps_callbacks());
  const auto enqueue = [&](const std::string& tenant, const std::string& host) {
    auto made = job("x", tenant);
    made.front().view.callback = CallbackAddress{"https://" + host + "/done", host};
    const std::string id = made.front().view.id;
    EXPECT_TRUE(store.enqueue(std::move(made), {}));
    return id;
  };
  const auto next = [&](const CallbackBusy& busy = {}) {
    auto taken = store.next_callback(std::chrono::system_clock::now(), busy);
    EXPECT_TRUE(taken) << taken.error().message;
    return taken ? *std::move(taken) : std::nullopt;
  };
  const std::string first = enqueue("ash", "a.example:443");
  EXPECT_FALSE(next());  // it has not ended
  const Claim claim = claimed(store);
  ASSERT_TRUE(store.finish(first, claim.attempt, ended(claim.view)));
  const std::string second = enqueue("birch", "b.example:443");
  ASSERT_TRUE(*store.cancel_queued(second, std::nullopt));
  EXPECT_EQ(store.callbacks_waiting(), 2U);

  const auto taken = next();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->job, first);
  EXPECT_EQ(taken->tenant, "ash");
  EXPECT_EQ(taken->address.url, "https://a.example:443/done");
  EXPECT_EQ(taken->tries, 0U);
  // Whose host or tenant has enough to do waits.
  EXPECT_FALSE(next({{first}, {"b.example:443"}, {}}));
  EXPECT_FALSE(next({{first}, {}, {"birch"}}));
  const auto other = next({{first}, {"a.example:443"}, {"ash"}});
  ASSERT_TRUE(other);
  EXPECT_EQ(other->job, second);
  // One that came to nothing comes again, later and counted.
  const auto again = std::chrono::system_clock::now() + std::chrono::milliseconds{300};
  ASSERT_TRUE(store.callback_again(first, 1, again));
  EXPECT_FALSE(next({{second}, {}, {}}));
  ASSERT_TRUE(store.callback_done(second));
  EXPECT_EQ(store.callbacks_waiting(), 1U);
  std::optional<Callback> later;
  while (!(later = next()) &&
         std::chrono::system_clock::now() < again + patience(std::chrono::milliseconds{20'000})) {
  }
  ASSERT_TRUE(later);
  // Redis counts in whole milliseconds of its own clock.
  EXPECT_GE(std::chrono::system_clock::now() + std::chrono::milliseconds{2}, again);
  EXPECT_EQ(later->tries, 1U);
  // With its job goes what is still to be told of it.
  ASSERT_TRUE(store.forget(first));
  EXPECT_EQ(store.callbacks_waiting(), 0U);
  EXPECT_FALSE(next());
}

TEST_P(StoreContract, drops_the_oldest_results_above_the_bound) {
  Options options;
  options.results.max_jobs = 1;
  JobStore& store = open(options);
  std::vector<std::string> ids;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(store.enqueue(job(), {}));
    const Claim claim = claimed(store);
    ids.push_back(claim.id);
    ASSERT_TRUE(store.finish(claim.id, claim.attempt, ended(claim.view)));
  }
  store.reap(std::chrono::system_clock::now());
  EXPECT_FALSE(store.get(ids[0]));
  EXPECT_TRUE(store.get(ids[1]));
}

}  // namespace
}  // namespace cex::test
