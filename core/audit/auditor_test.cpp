// SPDX-License-Identifier: Apache-2.0
#include "core/audit/auditor.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/audit/log_fixture.hpp"

namespace cex::audit {
namespace {

using config::AuditSync;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kFirst = "audit-000001.jsonl";

class AuditorTest : public LogFixture {};

TEST_F(AuditorTest, keeps_the_key_to_itself) {
  write_log(1);
  const auto mode = [&](const std::string& name) {
    struct stat info {};
    EXPECT_EQ(::stat(path(name).c_str(), &info), 0) << name;
    return info.st_mode & 07777U;
  };
  EXPECT_EQ(mode("key.pem"), 0600U);
  EXPECT_EQ(mode(kFirst), 0600U);
  EXPECT_EQ(mode(""), 0700U);
  EXPECT_THAT(read(kFirst), Not(HasSubstr("PRIVATE")));
}

TEST_F(AuditorTest, refuses_a_key_that_others_can_read) {
  write_log(1);
  ASSERT_EQ(::chmod(path("key.pem").c_str(), 0640), 0);
  const auto opened = Auditor::open(folder_.string(), settings_);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("chmod 600"));
}

TEST_F(AuditorTest, the_first_and_the_last_line_frame_a_run) {
  write_log(1);
  const auto all = lines(kFirst);
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_THAT(all[0], HasSubstr("\"event\":\"started\""));
  EXPECT_THAT(all[1], HasSubstr("\"job\":\"job-0\""));
  EXPECT_THAT(all[2], HasSubstr("\"event\":\"stopped\""));
}

TEST_F(AuditorTest, the_next_start_continues_the_chain) {
  for (const auto sync : {AuditSync::off, AuditSync::interval, AuditSync::always}) {
    settings_.sync = sync;
    write_log(3);
    EXPECT_THAT(findings(), IsEmpty());
  }
  EXPECT_EQ(verify(folder_.string())->records, 15U);
}

TEST_F(AuditorTest, only_one_server_writes_a_log) {
  const auto log = open_log();
  const auto second = Auditor::open(folder_.string(), settings_);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("in use by another server"));
}

TEST_F(AuditorTest, many_threads_append_and_every_record_is_there_in_order) {
  for (const auto sync : {AuditSync::off, AuditSync::always}) {
    settings_.sync = sync;
    settings_.rotate_bytes = 20'000;
    const auto log = open_log();
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&log, t] {
        for (int i = 0; i < 25; ++i) {
          EXPECT_TRUE(log->append(record(std::to_string(t) + "-" + std::to_string(i))));
        }
      });
    }
    for (auto& thread : threads) thread.join();
    ASSERT_TRUE(log->close());
  }
  EXPECT_THAT(findings(), IsEmpty());
  EXPECT_EQ(verify(folder_.string())->records, 2 * (8 * 25 + 2U));
}

TEST_F(AuditorTest, with_sync_always_the_head_follows_each_batch) {
  settings_.sync = AuditSync::always;
  const auto log = open_log();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(log->append(record("x")));
  // The head may be one batch behind what was acknowledged, never more than the log has.
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(AuditorTest, after_close_nothing_is_accepted) {
  const auto log = open_log();
  ASSERT_TRUE(log->close());
  EXPECT_TRUE(log->close());
  EXPECT_FALSE(log->append(record("late")));
  EXPECT_FALSE(log->health());
  EXPECT_THAT(findings(), IsEmpty());
}

/// Ends a process that has the log open, as kill -9 would.
void crash_after(const std::string& folder, const config::AuditSettings& settings) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto log = Auditor::open(folder, settings);
    AuditRecord last;
    last.job = "last-before-the-crash";
    const bool good = log && (*log)->append(last);
    if (good) ::raise(SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
}

TEST_F(AuditorTest, after_a_crash_what_was_written_counts_and_the_log_says_so) {
  settings_.sync = AuditSync::interval;
  crash_after(folder_.string(), settings_);
  EXPECT_THAT(read(kFirst), HasSubstr("last-before-the-crash"));
  write_log(1);
  EXPECT_THAT(read(kFirst), HasSubstr("\"event\":\"recovered\""));
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(AuditorTest, a_torn_last_line_is_set_aside_and_never_in_silence) {
  write_log(1);
  const std::string torn = "{\"seq\":4,\"event\":\"fini";
  write(kFirst, read(kFirst) + torn);
  write_log(1);
  EXPECT_EQ(read("torn-4.bin"), torn);
  EXPECT_THAT(lines(kFirst)[3], HasSubstr("\"event\":\"recovered\""));
  EXPECT_THAT(lines(kFirst)[3], HasSubstr("torn-4.bin"));
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(AuditorTest, does_not_continue_a_log_that_was_tampered_with) {
  write_log(4);
  const std::string good = read(kFirst);
  const auto refused = [&](const std::string& text) {
    write(kFirst, text);
    const auto opened = Auditor::open(folder_.string(), settings_);
    EXPECT_EQ(read(kFirst), text) << "a log that is refused must stay as it is";
    return opened ? std::string{"opened"} : opened.error().message;
  };
  std::string changed = good;
  changed.replace(changed.find("job-1"), 5, "job-9");
  EXPECT_THAT(refused(changed), HasSubstr("audit-000001.jsonl:3: was changed"));
  EXPECT_THAT(refused(good.substr(0, good.find('\n') + 1)), HasSubstr("the tail is cut"));
  EXPECT_THAT(refused(good.substr(0, good.size() - 9)), HasSubstr("the tail is cut"));
  EXPECT_THAT(refused(good.substr(good.find('\n') + 1)), HasSubstr("missing before it"));

  write(kFirst, good);
  std::filesystem::rename(path("head.json"), path("moved"));
  EXPECT_FALSE(Auditor::open(folder_.string(), settings_));
  std::filesystem::rename(path("moved"), path("head.json"));
  std::filesystem::rename(path("key.pem"), path("moved"));
  EXPECT_THAT(Auditor::open(folder_.string(), settings_).error().message,
              HasSubstr("key.pem is missing"));
  std::filesystem::rename(path("moved"), path("key.pem"));
  std::filesystem::remove(path(kFirst));
  EXPECT_THAT(Auditor::open(folder_.string(), settings_).error().message,
              HasSubstr("the whole log is missing"));
}

TEST_F(AuditorTest, continues_over_many_files) {
  settings_.rotate_bytes = 1500;
  write_log(12);
  write_log(12);
  EXPECT_THAT(findings(), IsEmpty());
  EXPECT_EQ(verify(folder_.string())->records, 28U);
}

/// While it lives, no file of this process grows beyond `bytes`: the nearest thing to a full disk
/// that needs no root.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit tight{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tight);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, SIG_DFL);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

TEST_F(AuditorTest, a_full_disk_refuses_this_record_and_all_later_ones) {
  const auto log = open_log();
  ASSERT_TRUE(log->append(record("fits")));
  const std::string before = read(kFirst);
  {
    const FileSizeLimit full{before.size() + 100};
    const auto refused = log->append(record("does-not-fit"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::audit);
  }
  EXPECT_FALSE(log->append(record("too-late")));
  EXPECT_FALSE(log->health());
  EXPECT_EQ(read(kFirst), before) << "half a line must not stay";
  EXPECT_FALSE(log->close());
}

TEST_F(AuditorTest, with_sync_always_a_full_disk_wakes_every_waiter) {
  settings_.sync = AuditSync::always;
  const auto log = open_log();
  const FileSizeLimit full{read(kFirst).size() + 1200};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log] {
      while (log->append(record("x"))) {
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(log->health());
}

TEST_F(AuditorTest, starts_again_after_the_disk_has_room) {
  {
    const auto log = open_log();
    const FileSizeLimit full{read(kFirst).size() + 100};
    EXPECT_FALSE(log->append(record("does-not-fit")));
  }
  write_log(1);
  EXPECT_THAT(findings(), IsEmpty());
}

}  // namespace
}  // namespace cex::audit
