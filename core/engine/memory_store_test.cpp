// SPDX-License-Identifier: Apache-2.0
#include "core/engine/memory_store.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

using std::chrono::milliseconds;

NewJob job(const std::string& id, std::chrono::seconds ttl = std::chrono::seconds{60}) {
  NewJob made;
  made.view.id = id;
  made.view.created_at = std::chrono::system_clock::now();
  made.ttl = ttl;
  return made;
}

config::QueueSettings two_waiting() {
  config::QueueSettings queue;
  queue.max_jobs = 2;
  return queue;
}

JobView finished(JobView view) {
  view.state = JobState::finished;
  view.status = Verdict::ok;
  view.finished_at = std::chrono::system_clock::now();
  return view;
}

TEST(MemoryStore, gives_out_jobs_in_order_and_refuses_when_full) {
  MemoryStore store{two_waiting(), {}};
  ASSERT_TRUE(store.enqueue(job("a")));
  ASSERT_TRUE(store.enqueue(job("b")));
  const auto refused = store.enqueue(job("c"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::queue_full);
  EXPECT_EQ(store.claim(milliseconds{0})->id, "a");
  EXPECT_TRUE(store.enqueue(job("c")));
  EXPECT_EQ(store.claim(milliseconds{0})->id, "b");
  EXPECT_EQ(store.claim(milliseconds{0})->id, "c");
  EXPECT_FALSE(store.claim(milliseconds{0}));
}

TEST(MemoryStore, refuses_what_a_stale_attempt_writes) {
  MemoryStore store{two_waiting(), {}};
  ASSERT_TRUE(store.enqueue(job("a")));
  const auto claim = store.claim(milliseconds{0});
  EXPECT_FALSE(store.append("a", claim->attempt + 1, {}));
  EXPECT_FALSE(store.finish("a", claim->attempt + 1, claim->view));
  ASSERT_TRUE(store.finish("a", claim->attempt, finished(claim->view)));
  EXPECT_FALSE(store.finish("a", claim->attempt, claim->view));
}

TEST(MemoryStore, pages_newest_first) {
  MemoryStore store{config::QueueSettings{}, {}};
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(store.enqueue(job(id)));
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

TEST(MemoryStore, cancels_a_waiting_job_and_tells_its_watchers) {
  MemoryStore store{two_waiting(), {}};
  ASSERT_TRUE(store.enqueue(job("a")));
  std::atomic<int> told{0};
  const auto watch = store.watch("a", [&] { ++told; });
  ASSERT_TRUE(watch);
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(*store.cancel_queued("a"));
  EXPECT_EQ(told, 2);
  EXPECT_EQ(store.get("a")->state, JobState::cancelled);
  EXPECT_TRUE(store.events("a", 0)->finished);
  EXPECT_EQ(store.queued(), 0U);
}

TEST(MemoryStore, drops_results_when_their_time_is_over) {
  MemoryStore store{two_waiting(), {}};
  ASSERT_TRUE(store.enqueue(job("a", std::chrono::seconds{5})));
  const auto claim = store.claim(milliseconds{0});
  const auto now = std::chrono::steady_clock::now();
  store.reap(now + std::chrono::hours{1});
  EXPECT_TRUE(store.get("a"));  // it runs, so there is no result to expire
  ASSERT_TRUE(store.finish("a", claim->attempt, finished(claim->view)));
  store.reap(now);
  EXPECT_TRUE(store.get("a"));
  store.reap(now + std::chrono::minutes{1});
  EXPECT_FALSE(store.get("a"));
}

TEST(MemoryStore, drops_the_oldest_results_above_the_bound) {
  config::ResultSettings results;
  results.max_jobs = 1;
  MemoryStore store{config::QueueSettings{}, results};
  for (const char* id : {"a", "b"}) {
    ASSERT_TRUE(store.enqueue(job(id)));
    const auto claim = store.claim(milliseconds{0});
    ASSERT_TRUE(store.finish(id, claim->attempt, finished(claim->view)));
  }
  store.reap(std::chrono::steady_clock::now());
  EXPECT_FALSE(store.get("a"));
  EXPECT_TRUE(store.get("b"));
}

TEST(MemoryStore, a_dropped_watch_is_not_called_again) {
  MemoryStore store{two_waiting(), {}};
  ASSERT_TRUE(store.enqueue(job("a")));
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
    auto watch = store.watch("a", [&] {
      if (gone) called_late = true;
    });
    watch->reset();
    gone = true;
  }
  writer.join();
  EXPECT_FALSE(called_late);
}

}  // namespace
}  // namespace cex::engine
