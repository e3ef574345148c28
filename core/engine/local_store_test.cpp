// SPDX-License-Identifier: Apache-2.0
#include "core/engine/local_store.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

using std::chrono::milliseconds;

std::vector<NewJob> job(const std::string& id,
                        std::chrono::seconds ttl = std::chrono::seconds{60}) {
  std::vector<NewJob> jobs(1);
  NewJob& made = jobs.front();
  made.view.id = id;
  made.view.tenant = "t";
  made.view.language_id = "c";
  made.view.created_at = std::chrono::system_clock::now();
  made.request.source = "source of " + id;
  made.record.job = id;
  made.ttl = ttl;
  return jobs;
}

class LocalStoreTest : public testing::Test {
 protected:
  std::unique_ptr<LocalStore> open(LocalStore::Settings settings) {
    auto journal = storage::JobJournal::open(folder_, config::Durability::normal);
    EXPECT_TRUE(journal) << journal.error().message;
    auto store = LocalStore::open(*std::move(journal), std::move(settings));
    EXPECT_TRUE(store) << store.error().message;
    return *std::move(store);
  }
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/store-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  /// The store of a process that has just begun; what it finds is what the one before left.
  LocalStore& start(LocalStore::Settings settings = {}) {
    store_.reset();
    store_ = open(std::move(settings));
    return *store_;
  }

  std::string folder_;
  std::unique_ptr<LocalStore> store_;
};

LocalStore::Settings two_waiting() {
  LocalStore::Settings settings;
  settings.queue.max_jobs = 2;
  return settings;
}

JobView finished(JobView view) {
  view.state = JobState::finished;
  view.status = Verdict::ok;
  view.finished_at = std::chrono::system_clock::now();
  return view;
}

TEST_F(LocalStoreTest, gives_out_jobs_in_order_and_refuses_when_full) {
  LocalStore& store = start(two_waiting());
  ASSERT_TRUE(store.enqueue(job("a"), {}));
  ASSERT_TRUE(store.enqueue(job("b"), {}));
  const auto refused = store.enqueue(job("c"), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::queue_full);
  EXPECT_EQ(store.claim(milliseconds{0})->id, "a");
  EXPECT_TRUE(store.enqueue(job("c"), {}));
  EXPECT_EQ(store.claim(milliseconds{0})->id, "b");
  EXPECT_EQ(store.claim(milliseconds{0})->id, "c");
  EXPECT_FALSE(store.claim(milliseconds{0}));
}

TEST_F(LocalStoreTest, refuses_what_a_stale_attempt_writes) {
  LocalStore& store = start(two_waiting());
  ASSERT_TRUE(store.enqueue(job("a"), {}));
  const auto claim = store.claim(milliseconds{0});
  EXPECT_FALSE(store.append("a", claim->attempt + 1, {}));
  EXPECT_FALSE(store.finish("a", claim->attempt + 1, claim->view));
  ASSERT_TRUE(store.finish("a", claim->attempt, finished(claim->view)));
  EXPECT_FALSE(store.finish("a", claim->attempt, claim->view));
}

TEST_F(LocalStoreTest, pages_newest_first) {
  LocalStore& store = start();
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(store.enqueue(job(id), {}));
  JobFilter filter;
  filter.limit = 2;
  auto page = store.list(filter);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->jobs.size(), 2U);
  EXPECT_EQ(page->jobs[0].id, "c");
  ASSERT_TRUE(page->next_cursor);
  filter.cursor = *page->next_cursor;
  page = store.list(filter);
  ASSERT_EQ(page->jobs.size(), 1U);
  EXPECT_EQ(page->jobs[0].id, "a");
  EXPECT_FALSE(page->next_cursor);
  filter.cursor = "x";
  EXPECT_FALSE(store.list(filter));
}

TEST_F(LocalStoreTest, cancels_a_waiting_job_and_tells_its_watchers) {
  LocalStore& store = start(two_waiting());
  ASSERT_TRUE(store.enqueue(job("a"), {}));
  std::atomic<int> told{0};
  const auto watch = store.watch("a", Watched::every_event, [&] { ++told; });
  ASSERT_TRUE(watch);
  EXPECT_EQ(told, 1);
  const auto record = store.cancel_queued("a", "why");
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->job, "a");
  EXPECT_EQ(told, 2);
  EXPECT_EQ(store.get("a")->state, JobState::cancelled);
  EXPECT_TRUE(store.events("a", 0)->finished);
  EXPECT_EQ(store.queued(), 0U);
}

TEST_F(LocalStoreTest, whoever_waits_for_the_end_hears_of_nothing_before) {
  LocalStore& store = start();
  ASSERT_TRUE(store.enqueue(job("a"), {}));
  std::atomic<int> told{0};
  const auto watch = store.watch("a", Watched::end, [&] { ++told; });
  ASSERT_TRUE(watch);
  const auto claim = store.claim(milliseconds{0});
  JobEvent out;
  out.kind = JobEvent::Kind::out;
  out.bytes = "x";
  ASSERT_TRUE(store.append("a", claim->attempt, std::move(out)));
  EXPECT_EQ(told, 1);  // of what there was when it came
  ASSERT_TRUE(store.finish("a", claim->attempt, finished(claim->view)));
  EXPECT_EQ(told, 2);
  ASSERT_TRUE(store.forget("a"));
  EXPECT_EQ(told, 3);
}

TEST_F(LocalStoreTest, counts_an_attempt_that_begins_at_once_with_the_job) {
  std::optional<Claim> claim;
  {
    LocalStore& store = start();
    std::thread worker{[&] { claim = store.claim(std::chrono::seconds{60}); }};
    ASSERT_TRUE(store.enqueue(job("a"), {}));
    worker.join();
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->attempt, 1U);
    JobFilter running;
    running.state = JobState::running;
    EXPECT_EQ(store.list(running)->jobs.size(), 1U);
  }
  EXPECT_EQ(start().claim(milliseconds{0})->attempt, 2U);
}

TEST_F(LocalStoreTest, drops_results_when_their_time_is_over) {
  LocalStore& store = start(two_waiting());
  ASSERT_TRUE(store.enqueue(job("a", std::chrono::seconds{5}), {}));
  const auto claim = store.claim(milliseconds{0});
  const auto now = std::chrono::system_clock::now();
  store.reap(now + std::chrono::hours{1});
  EXPECT_TRUE(store.get("a"));  // it runs, so there is no result to expire
  ASSERT_TRUE(store.finish("a", claim->attempt, finished(claim->view)));
  store.reap(now);
  EXPECT_TRUE(store.get("a"));
  store.reap(now + std::chrono::minutes{1});
  EXPECT_FALSE(store.get("a"));
}

TEST_F(LocalStoreTest, drops_the_oldest_results_above_the_bound) {
  LocalStore::Settings settings;
  settings.results.max_jobs = 1;
  LocalStore& store = start(settings);
  for (const char* id : {"a", "b"}) {
    ASSERT_TRUE(store.enqueue(job(id), {}));
    const auto claim = store.claim(milliseconds{0});
    ASSERT_TRUE(store.finish(id, claim->attempt, finished(claim->view)));
  }
  store.reap(std::chrono::system_clock::now());
  EXPECT_FALSE(store.get("a"));
  EXPECT_TRUE(store.get("b"));
}

TEST_F(LocalStoreTest, a_dropped_watch_is_not_called_again) {
  LocalStore& store = start(two_waiting());
  ASSERT_TRUE(store.enqueue(job("a"), {}));
  const auto claim = store.claim(milliseconds{0});
  std::atomic<bool> gone{false};
  std::atomic<bool> called_late{false};
  std::thread writer{[&] {
    for (int i = 0; i < 2000; ++i) {
      JobEvent event;
      event.kind = JobEvent::Kind::out;
      event.bytes = "x";
      static_cast<void>(store.append("a", claim->attempt, std::move(event)));
    }
  }};
  for (int i = 0; i < 100; ++i) {
    gone = false;
    auto watch = store.watch("a", Watched::every_event, [&] {
      if (gone) called_late = true;
    });
    watch->reset();
    gone = true;
  }
  writer.join();
  EXPECT_FALSE(called_late);
}

TEST_F(LocalStoreTest, runs_after_a_crash_what_waited_and_what_ran) {
  {
    LocalStore& store = start();
    for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(store.enqueue(job(id), {}));
    ASSERT_EQ(store.claim(milliseconds{0})->id, "a");
    const auto b = store.claim(milliseconds{0});
    ASSERT_TRUE(store.finish("b", b->attempt, finished(b->view)));
  }
  LocalStore& store = start();
  EXPECT_EQ(store.queued(), 2U);
  EXPECT_EQ(store.get("b")->status, Verdict::ok);
  EXPECT_EQ(store.get("a")->state, JobState::queued);
  const auto a = store.claim(milliseconds{0});
  EXPECT_EQ(a->id, "a");
  EXPECT_EQ(a->attempt, 2U);
  EXPECT_EQ(a->request->source, "source of a");
  EXPECT_EQ(a->record.job, "a");
  EXPECT_FALSE(store.finish("a", 1, finished(a->view)));  // the attempt that died
  EXPECT_TRUE(store.finish("a", 2, finished(a->view)));
  EXPECT_EQ(store.claim(milliseconds{0})->attempt, 1U);
}

TEST_F(LocalStoreTest, leaves_a_job_to_be_ended_whose_attempts_all_died_with_their_servers) {
  LocalStore::Settings settings;
  settings.queue.max_attempts = 2;
  ASSERT_TRUE(start(settings).enqueue(job("a"), {}));
  for (std::uint32_t death = 1; death <= 2; ++death) {
    const auto claim = store_->claim(milliseconds{0});
    ASSERT_TRUE(claim) << death;
    EXPECT_EQ(claim->attempt, death);
    start(settings);
  }
  EXPECT_FALSE(store_->claim(milliseconds{0}));
  auto orphans = store_->orphans();
  ASSERT_EQ(orphans.size(), 1U);
  EXPECT_EQ(orphans[0].claim.id, "a");
  EXPECT_EQ(store_->queued(), 0U);
  ASSERT_TRUE(store_->finish("a", orphans[0].claim.attempt, finished(orphans[0].claim.view)));
  EXPECT_TRUE(store_->orphans().empty());
  EXPECT_TRUE(has_ended(*store_->get("a")));
  // Its place in the tenant's share is free again, and the next start knows that it has ended.
  ASSERT_TRUE(store_->enqueue(job("b"), {}));
  EXPECT_TRUE(store_->claim(milliseconds{0}));
  EXPECT_TRUE(has_ended(*start(settings).get("a")));
}

TEST_F(LocalStoreTest, shows_events_of_the_next_attempt_to_who_saw_the_last) {
  const auto out = [](const char* text) {
    JobEvent event;
    event.kind = JobEvent::Kind::out;
    event.bytes = text;
    return event;
  };
  std::uint64_t seen = 0;
  {
    LocalStore& store = start();
    ASSERT_TRUE(store.enqueue(job("a"), {}));
    const auto claim = store.claim(milliseconds{0});
    ASSERT_TRUE(store.append("a", claim->attempt, out("first")));
    seen = store.events("a", 0)->events.back().sequence;
  }
  LocalStore& store = start();
  const auto claim = store.claim(milliseconds{0});
  ASSERT_TRUE(store.append("a", claim->attempt, out("second")));
  ASSERT_TRUE(store.finish("a", claim->attempt, finished(claim->view)));
  const auto page = store.events("a", seen);
  ASSERT_TRUE(page && page->finished);
  ASSERT_EQ(page->events.size(), 5U);
  EXPECT_EQ(page->events[0].state, JobState::queued);
  EXPECT_EQ(page->events[2].bytes, "second");
  for (std::size_t i = 1; i < page->events.size(); ++i) {
    EXPECT_EQ(page->events[i].sequence, page->events[i - 1].sequence + 1);
  }
  // The same from the disk alone.
  LocalStore& later = start();
  EXPECT_EQ(later.events("a", seen)->events.size(), 5U);
  EXPECT_EQ(later.events("a", page->events[2].sequence)->events.size(), 2U);
}

TEST_F(LocalStoreTest, tries_again_later_and_keeps_its_place) {
  LocalStore& store = start();
  ASSERT_TRUE(store.enqueue(job("a"), {}));
  ASSERT_TRUE(store.enqueue(job("b"), {}));
  const auto first = store.claim(milliseconds{0});
  ASSERT_TRUE(store.retry("a", first->attempt, std::chrono::hours{1}));
  EXPECT_EQ(store.get("a")->state, JobState::queued);
  const auto b = store.claim(milliseconds{0});
  EXPECT_EQ(b->id, "b");
  ASSERT_TRUE(store.retry("b", b->attempt, milliseconds{1}));
  const auto again = store.claim(std::chrono::seconds{5});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, "b");
  EXPECT_EQ(again->attempt, 2U);
  EXPECT_FALSE(store.append("b", 1, {}));
}

TEST_F(LocalStoreTest, a_job_that_was_given_back_has_lost_no_attempt) {
  {
    LocalStore& store = start();
    ASSERT_TRUE(store.enqueue(job("a"), {}));
    const auto claim = store.claim(milliseconds{0});
    ASSERT_TRUE(store.give_back("a", claim->attempt));
  }
  EXPECT_EQ(start().claim(milliseconds{0})->attempt, 1U);
}

TEST_F(LocalStoreTest, names_jobs_that_wait_too_long) {
  LocalStore& store = start();
  auto jobs = job("a");
  const auto now = std::chrono::system_clock::now();
  jobs.front().deadline = now + std::chrono::seconds{1};
  ASSERT_TRUE(store.enqueue(std::move(jobs), {}));
  ASSERT_TRUE(store.enqueue(job("b"), {}));
  EXPECT_TRUE(store.overdue(now).empty());
  EXPECT_EQ(store.overdue(now + std::chrono::seconds{2}), std::vector<std::string>{"a"});
  ASSERT_TRUE(store.cancel_queued("a", "too late"));
  EXPECT_EQ(store.get("a")->message, "too late");
  EXPECT_TRUE(store.overdue(now + std::chrono::seconds{2}).empty());
}

TEST_F(LocalStoreTest, a_key_is_one_request_for_ever_so_many_callers) {
  LocalStore& store = start();
  const IdempotencyKey key{"k", "h"};
  ASSERT_FALSE(*store.reserve("t", key));
  std::optional<std::vector<std::string>> second;
  std::thread other{[&] { second = *store.reserve("t", key); }};
  ASSERT_TRUE(store.enqueue(job("a"), key));
  store.release("t", key);
  other.join();
  EXPECT_EQ(second, std::vector<std::string>{"a"});
  const auto conflict = store.reserve("t", {"k", "other body"});
  ASSERT_FALSE(conflict);
  EXPECT_EQ(conflict.error().code, Errc::conflict);
  EXPECT_FALSE(*store.reserve("u", key));  // another tenant's keys are its own
}

TEST_F(LocalStoreTest, forgets_what_is_on_the_disk_too) {
  {
    LocalStore& store = start();
    ASSERT_TRUE(store.enqueue(job("a"), {}));
    const auto claim = store.claim(milliseconds{0});
    EXPECT_FALSE(store.forget("a"));
    ASSERT_TRUE(store.finish("a", claim->attempt, finished(claim->view)));
  }
  LocalStore& store = start();
  ASSERT_TRUE(store.forget("a"));
  EXPECT_EQ(store.get("a").error().code, Errc::not_found);
  EXPECT_EQ(store.owner("a").error().code, Errc::not_found);
}

TEST_F(LocalStoreTest, tells_how_long_until_there_is_room) {
  LocalStore& store = start(two_waiting());
  for (const char* id : {"a", "b"}) ASSERT_TRUE(store.enqueue(job(id), {}));
  const auto refused = store.enqueue(job("c"), {});
  ASSERT_FALSE(refused);
  EXPECT_GE(refused.error().retry_after_s, 1U);
}

}  // namespace
}  // namespace cex::engine
