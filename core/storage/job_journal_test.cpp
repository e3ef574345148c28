// SPDX-License-Identifier: Apache-2.0
#include "core/storage/job_journal.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "core/storage/sqlite.hpp"

namespace cex::storage {
namespace {

using std::chrono::seconds;

class JobJournalTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/journal-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    open();
  }
  void TearDown() override {
    journal_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    journal_.reset();
    auto opened = JobJournal::open(folder_ + "/jobs", config::Durability::normal);
    ASSERT_TRUE(opened) << opened.error().message;
    journal_ = *std::move(opened);
  }
  void reopen() { open(); }

  static NewEntry entry(std::uint64_t number, const std::string& tenant = "t") {
    NewEntry made;
    made.number = number;
    made.id = "job" + std::to_string(number);
    made.head.view.id = made.id;
    made.head.view.tenant = tenant;
    made.head.view.labels = {{"n", std::to_string(number)}};
    made.language = "c";
    JobRequest request;
    request.source = "secret source of " + made.id;
    made.request = encode(request);
    return made;
  }
  EndedEntry ended(std::uint64_t number, WallTime expires) {
    EndedEntry made;
    made.number = number;
    made.view = entry(number).head.view;
    made.view.state = JobState::finished;
    made.view.status = Verdict::ok;
    made.view.runs.emplace_back();
    made.view.runs[0].out.bytes = "secret output of job" + std::to_string(number);
    made.bytes = 100;
    made.expires = expires;
    return made;
  }
  [[nodiscard]] bool on_disk(const std::string& text) const {
    for (const auto& file : std::filesystem::directory_iterator(folder_ + "/jobs")) {
      std::ifstream in{file.path(), std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
      if (bytes.find(text) != std::string::npos) return true;
    }
    return false;
  }

  std::string folder_;
  std::unique_ptr<JobJournal> journal_;
  const WallTime now_{std::chrono::system_clock::now()};
};

TEST_F(JobJournalTest, has_after_a_restart_what_waited_or_ran) {
  ASSERT_TRUE(journal_->add({entry(1), entry(2), entry(3)}, std::nullopt));
  journal_->begin(2, 1);
  ASSERT_TRUE(journal_->end(ended(3, now_ + seconds{60})));
  reopen();
  const auto waiting = journal_->recover();
  ASSERT_TRUE(waiting);
  ASSERT_EQ(waiting->size(), 2U);
  EXPECT_EQ((*waiting)[0].id, "job1");
  EXPECT_EQ((*waiting)[0].attempts, 0U);
  EXPECT_EQ((*waiting)[1].id, "job2");
  EXPECT_EQ((*waiting)[1].attempts, 1U);
  EXPECT_EQ(*journal_->last_number(), 3U);
  EXPECT_EQ(decode_request(*journal_->load_request(1))->source, "secret source of job1");
  const auto done = journal_->load("job3");
  ASSERT_TRUE(done && *done && (*done)->view);
  EXPECT_EQ((*done)->view->runs.at(0).out.bytes, "secret output of job3");
}

TEST_F(JobJournalTest, counts_the_attempt_of_a_job_that_begins_at_once) {
  NewEntry begins = entry(1);
  begins.begins = true;
  ASSERT_TRUE(journal_->add({begins}, std::nullopt));
  JobFilter running;
  running.state = JobState::running;
  EXPECT_EQ(journal_->list(running)->jobs.size(), 1U);
  reopen();
  EXPECT_EQ(journal_->recover()->at(0).attempts, 1U);
}

TEST_F(JobJournalTest, takes_all_or_none) {
  ASSERT_TRUE(journal_->add({entry(1)}, std::nullopt));
  EXPECT_FALSE(journal_->add({entry(2), entry(1)}, std::nullopt));
  EXPECT_EQ(journal_->recover()->size(), 1U);
}

TEST_F(JobJournalTest, ends_a_job_once) {
  ASSERT_TRUE(journal_->add({entry(1)}, std::nullopt));
  ASSERT_TRUE(journal_->end(ended(1, now_ + seconds{60})));
  const auto again = journal_->end(ended(1, now_ + seconds{60}));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::not_found);
}

TEST_F(JobJournalTest, one_process_at_a_time) {
  const auto second = JobJournal::open(folder_ + "/jobs", config::Durability::normal);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::config);
}

TEST_F(JobJournalTest, keeps_callbacks_of_finished_jobs_until_they_are_done) {
  for (std::uint64_t number = 1; number <= 3; ++number) {
    ASSERT_TRUE(journal_->add({entry(number)}, {}));
    EndedEntry end = ended(number, now_ + seconds{100});
    end.view.callback = CallbackAddress{"https://h/" + std::to_string(number), "h:443"};
    ASSERT_TRUE(journal_->end(end));
  }
  reopen();
  const WallTime now = std::chrono::system_clock::now();
  EXPECT_EQ(journal_->callbacks_waiting().value(), 3U);
  const auto first = journal_->next_callback(now, {}).value();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->job, "job1");
  EXPECT_EQ(first->tenant, "t");
  EXPECT_EQ(first->address.url, "https://h/1");
  EXPECT_EQ(first->tries, 0U);
  EXPECT_EQ(journal_->next_callback(now, {.jobs = {"job1"}}).value()->job, "job2");
  EXPECT_FALSE(journal_->next_callback(now, {.hosts = {"h:443"}}).value());
  EXPECT_FALSE(journal_->next_callback(now, {.tenants = {"t"}}).value());
  ASSERT_TRUE(journal_->callback_again("job1", 1, now + seconds{10}));
  EXPECT_EQ(journal_->next_callback(now, {}).value()->job, "job2");
  const auto again = journal_->next_callback(now + seconds{11}, {.jobs = {"job2", "job3"}}).value();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->tries, 1U);
  ASSERT_TRUE(journal_->callback_done("job1"));
  ASSERT_TRUE(journal_->remove(2));  // what is forgotten is told to nobody
  EXPECT_EQ(journal_->callbacks_waiting().value(), 1U);
  ASSERT_TRUE(journal_->reap(now_ + seconds{101}, {100, 1 << 20}));
  EXPECT_EQ(journal_->callbacks_waiting().value(), 0U);
}

TEST_F(JobJournalTest, takes_up_a_file_of_the_version_before) {
  ASSERT_TRUE(journal_->add({entry(1)}, {}));
  journal_.reset();
  {
    auto file = Database::open(folder_ + "/jobs/jobs.db", Database::Mode::read_write);
    ASSERT_TRUE(file && file->execute("DROP TABLE callbacks; PRAGMA user_version=1"));
  }
  open();
  EXPECT_EQ(journal_->recover().value().size(), 1U);
  EXPECT_EQ(journal_->callbacks_waiting().value(), 0U);
}

TEST_F(JobJournalTest, refuses_the_file_of_a_newer_version) {
  journal_.reset();
  {
    auto file = Database::open(folder_ + "/jobs/jobs.db", Database::Mode::read_write);
    ASSERT_TRUE(file && file->execute("PRAGMA user_version=99"));
  }
  const auto opened = JobJournal::open(folder_ + "/jobs", config::Durability::normal);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::config);
}

TEST_F(JobJournalTest, lists_by_tenant_state_and_label_in_pages) {
  ASSERT_TRUE(journal_->add({entry(1), entry(2), entry(3)}, std::nullopt));
  ASSERT_TRUE(journal_->add({entry(4, "other")}, std::nullopt));
  ASSERT_TRUE(journal_->end(ended(2, now_ + seconds{60})));
  JobFilter filter;
  filter.tenant = "t";
  filter.limit = 2;
  auto page = journal_->list(filter);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->jobs.size(), 2U);
  EXPECT_EQ(page->jobs[0].id, "job3");
  EXPECT_EQ(page->jobs[1].id, "job2");
  EXPECT_EQ(page->jobs[1].state, JobState::finished);
  ASSERT_TRUE(page->next_cursor);
  filter.cursor = *page->next_cursor;
  page = journal_->list(filter);
  ASSERT_EQ(page->jobs.size(), 1U);
  EXPECT_FALSE(page->next_cursor);
  filter = {};
  filter.label = "n=4";
  EXPECT_EQ(journal_->list(filter)->jobs.at(0).id, "job4");
  filter.label = "n";
  EXPECT_EQ(journal_->list(filter)->jobs.size(), 4U);
  filter.label = "m";
  EXPECT_TRUE(journal_->list(filter)->jobs.empty());
  filter = {};
  filter.status = Verdict::ok;
  EXPECT_EQ(journal_->list(filter)->jobs.size(), 1U);
  filter.cursor = "x";
  EXPECT_FALSE(journal_->list(filter));
}

TEST_F(JobJournalTest, keeps_keys_for_a_day) {
  const IdempotencyKey key{"k", "hash"};
  auto first = entry(1);
  first.head.view.created_at = now_;
  auto second = entry(2);
  second.head.view.created_at = now_;
  ASSERT_TRUE(journal_->add({first, second}, key));
  const auto found = journal_->find_key("t", "k", now_ + std::chrono::hours{23});
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->jobs, (std::vector<std::string>{"job1", "job2"}));
  EXPECT_EQ((*found)->body_sha256, "hash");
  EXPECT_FALSE(*journal_->find_key("other", "k", now_));
  EXPECT_FALSE(*journal_->find_key("t", "k", now_ + std::chrono::hours{25}));
  ASSERT_TRUE(journal_->reap(now_ + std::chrono::hours{25}, {1000, 1U << 30U}));
  EXPECT_TRUE(journal_->add({entry(3)}, key));
}

TEST_F(JobJournalTest, drops_the_oldest_results_above_its_bounds) {
  for (std::uint64_t i = 1; i <= 4; ++i) {
    ASSERT_TRUE(journal_->add({entry(i)}, std::nullopt));
    ASSERT_TRUE(journal_->end(ended(i, now_ + seconds{60})));
  }
  EXPECT_TRUE(journal_->reap(now_, {4, 400})->empty());
  EXPECT_EQ(*journal_->reap(now_, {3, 400}), std::vector<std::string>{"job1"});
  EXPECT_EQ(*journal_->reap(now_, {3, 150}), (std::vector<std::string>{"job2", "job3"}));
  EXPECT_TRUE(*journal_->load("job4"));
}

TEST_F(JobJournalTest, leaves_no_bytes_of_what_is_over) {
  ASSERT_TRUE(journal_->add({entry(1), entry(2)}, std::nullopt));
  ASSERT_TRUE(on_disk("secret source of job1"));
  ASSERT_TRUE(journal_->end(ended(1, now_ + seconds{10})));
  ASSERT_TRUE(journal_->end(ended(2, now_ + seconds{1000})));
  ASSERT_TRUE(journal_->reap(now_, {1000, 1U << 30U}));
  reopen();  // a new process erases at its first reap
  ASSERT_TRUE(journal_->reap(now_, {1000, 1U << 30U}));
  EXPECT_FALSE(on_disk("secret source of job1"));
  EXPECT_TRUE(on_disk("secret output of job1"));
  EXPECT_EQ(*journal_->reap(now_ + seconds{11}, {1000, 1U << 30U}),
            std::vector<std::string>{"job1"});
  reopen();
  ASSERT_TRUE(journal_->reap(now_ + seconds{11}, {1000, 1U << 30U}));
  EXPECT_FALSE(on_disk("secret output of job1"));
  EXPECT_FALSE(on_disk("job1"));
  EXPECT_TRUE(on_disk("secret output of job2"));
}

TEST_F(JobJournalTest, many_may_write_at_once) {
  std::vector<std::thread> writers;
  std::atomic<int> failures{0};
  for (std::uint64_t writer = 0; writer < 8; ++writer) {
    writers.emplace_back([&, writer] {
      for (std::uint64_t i = 0; i < 50; ++i) {
        const std::uint64_t number = 1 + writer * 50 + i;
        if (!journal_->add({entry(number)}, std::nullopt)) ++failures;
        journal_->begin(number, 1);
        if (!journal_->end(ended(number, now_ + seconds{60}))) ++failures;
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(failures, 0);
  JobFilter filter;
  filter.status = Verdict::ok;
  filter.limit = 1000;
  EXPECT_EQ(journal_->list(filter)->jobs.size(), 400U);
}

TEST(JobJournalInMemory, needs_no_folder_and_is_its_own) {
  const auto one = JobJournal::open_in_memory();
  const auto two = JobJournal::open_in_memory();
  ASSERT_TRUE(one && two);
  NewEntry made;
  made.number = 1;
  made.id = "a";
  made.head.view.tenant = "t";
  ASSERT_TRUE((*one)->add({made}, std::nullopt));
  EXPECT_EQ((*one)->recover()->size(), 1U);
  EXPECT_TRUE((*two)->recover()->empty());
}

}  // namespace
}  // namespace cex::storage
