// SPDX-License-Identifier: Apache-2.0
#include "core/audit/auditor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "core/audit/log_files.hpp"
#include "core/audit/opening.hpp"
#include "core/base/files.hpp"
#include "core/base/log.hpp"

namespace cex::audit {
namespace {

constexpr std::chrono::seconds kSyncInterval{1};
constexpr unsigned kPrivate = 0600;

}  // namespace

/// Appenders write their own line under the mutex (a few microseconds); one thread makes lines
/// durable and signs the head, for all that were written since it last did.
struct Auditor::State {
  std::string directory;
  config::AuditSettings settings;
  OpenedLog log;

  std::mutex mutex;
  std::condition_variable written;  // to the syncing thread
  std::condition_variable synced;   // to appenders that wait for the disk
  // Shared with the syncing thread while it is in fdatasync, so that a rotation cannot close it
  // there.
  std::shared_ptr<UniqueFd> file;
  std::uint64_t file_size{0};
  std::uint64_t synced_sequence{0};
  std::chrono::steady_clock::time_point unsynced_since{};  // while there is something unsynced
  std::optional<Error> failure;
  bool syncer_waits{false};  // for a line; not for time, nor for the disk
  bool closing{false};
  bool closed{false};
  std::thread syncer;

  Result<void> open_file() {
    const std::string path = directory + "/" + log_name(log.file_number);
    auto fd = std::make_shared<UniqueFd>(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, kPrivate));
    if (!*fd) return fail_errno(path);
    struct stat info {};
    if (::fstat(fd->get(), &info) != 0) return fail_errno(path);
    file_size = static_cast<std::uint64_t>(info.st_size);
    file = std::move(fd);
    return settings.sync == config::AuditSync::off ? Result<void>{} : sync_directory(directory);
  }

  Result<void> write_line(const std::string& line) {
    std::size_t done = 0;
    while (done < line.size()) {
      const ssize_t put = ::write(file->get(), line.data() + done, line.size() - done);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) {
        auto failed = fail_errno("audit log");
        // Half a line would look like a crash to the next start; without it the log just ends here.
        if (::ftruncate(file->get(), static_cast<off_t>(file_size)) != 0) {
          log::warning("half a line stays at the end of the audit log");
        }
        return failed;
      }
      done += static_cast<std::size_t>(put);
    }
    file_size += line.size();
    return {};
  }

  Result<void> rotate() {
    if (settings.sync != config::AuditSync::off && ::fdatasync(file->get()) != 0) {
      return fail_errno("audit log");
    }
    ++log.file_number;
    return open_file();
  }

  // Remembers the first failure: what is behind it cannot be trusted to be in order.
  Result<void> fail_closed(Error error) {
    error.code = Errc::audit;
    if (!failure) {
      log::error("the audit log failed, jobs are refused from now on", {{"reason", error.message}});
      failure = error;
    }
    synced.notify_all();
    return tl::unexpected(*failure);
  }

  Result<void> append_locked(AuditRecord& record) {
    if (failure) return tl::unexpected(*failure);
    record.sequence = log.link.sequence + 1;
    record.time = std::chrono::system_clock::now();
    Link next = log.link;
    const std::string line = seal(record, next);
    if (auto done = write_line(line); !done) return fail_closed(std::move(done).error());
    if (log.link.sequence == synced_sequence) unsynced_since = std::chrono::steady_clock::now();
    log.link = std::move(next);
    if (file_size >= settings.rotate_bytes) {
      if (auto done = rotate(); !done) return fail_closed(std::move(done).error());
    }
    if (syncer_waits) written.notify_one();
    return {};
  }

  /// One batch: makes what is written durable, then signs the head. Called without the mutex.
  Result<void> sync_batch(const Link& link, const std::shared_ptr<UniqueFd>& fd) {
    const auto begun = std::chrono::steady_clock::now();
    const bool to_disk = settings.sync != config::AuditSync::off;
    if (to_disk && ::fdatasync(fd->get()) != 0) return fail_errno("audit log");
    {
      const std::lock_guard guard{mutex};
      synced_sequence = link.sequence;
      // What was written meanwhile is younger than this batch, so its age is at most that of the
      // sync.
      unsynced_since = begun;
    }
    synced.notify_all();
    CEX_TRY(const std::string head, write_head(*log.key, link, std::chrono::system_clock::now()));
    return replace_file(directory + "/" + kHeadFile, head, 0644,
                        to_disk ? Flush::disk : Flush::none);
  }

  void sync_until_closed() {
    std::unique_lock guard{mutex};
    std::uint64_t signed_sequence = synced_sequence;
    for (;;) {
      syncer_waits = true;
      written.wait(guard, [&] { return closing || log.link.sequence != signed_sequence; });
      syncer_waits = false;
      if (settings.sync != config::AuditSync::always) {
        written.wait_for(guard, kSyncInterval, [&] { return closing; });
      }
      if (failure || (closing && log.link.sequence == signed_sequence)) return;
      const Link link = log.link;
      const auto fd = file;
      guard.unlock();
      auto done = sync_batch(link, fd);
      guard.lock();
      if (!done) {
        (void)fail_closed(
            std::move(done).error());  // appenders see it; there is nobody to tell here
        return;
      }
      signed_sequence = link.sequence;
    }
  }
};

Auditor::Auditor(std::unique_ptr<State> state) : state_{std::move(state)} {}

Result<std::unique_ptr<Auditor>> Auditor::open(const std::string& directory,
                                               const config::AuditSettings& settings) {
  auto state = std::make_unique<State>();
  state->directory = directory;
  state->settings = settings;
  auto opened = open_log(directory);
  if (!opened) return in("audit", std::move(opened).error());
  state->log = *std::move(opened);
  CEX_CHECK(state->open_file());
  state->synced_sequence = state->log.link.sequence;
  State* const running = state.get();
  running->syncer = std::thread{[running] { running->sync_until_closed(); }};

  std::unique_ptr<Auditor> auditor{new Auditor{std::move(state)}};
  if (!running->log.recovered.empty()) {
    AuditRecord recovered;
    recovered.event = AuditEvent::recovered;
    recovered.detail = running->log.recovered;
    CEX_CHECK(auditor->append(std::move(recovered)));
  }
  AuditRecord started;
  started.event = AuditEvent::started;
  CEX_CHECK(auditor->append(std::move(started)));
  return auditor;
}

Auditor::~Auditor() {
  if (auto done = close(); !done) {
    log::error("the audit log was not closed in order", {{"reason", done.error().message}});
  }
}

Result<void> Auditor::append(AuditRecord record) {
  std::unique_lock guard{state_->mutex};
  if (state_->closing) return fail(Errc::audit, "the audit log is closed");
  CEX_CHECK(state_->append_locked(record));
  if (state_->settings.sync != config::AuditSync::always) return {};
  state_->synced.wait(
      guard, [&] { return state_->failure || state_->synced_sequence >= record.sequence; });
  if (state_->synced_sequence >= record.sequence) return {};
  return tl::unexpected(*state_->failure);
}

Auditor::Status Auditor::status() const {
  const std::lock_guard guard{state_->mutex};
  Status status;
  status.sequence = state_->log.link.sequence;
  status.hash = state_->log.link.hash;
  status.unsynced = status.sequence - state_->synced_sequence;
  if (status.unsynced > 0) {
    status.lag = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - state_->unsynced_since);
  }
  return status;
}

Result<void> Auditor::health() const {
  const std::lock_guard guard{state_->mutex};
  if (state_->failure) return tl::unexpected(*state_->failure);
  if (state_->closing) return fail(Errc::audit, "the audit log is closed");
  return {};
}

Result<void> Auditor::close() {
  {
    const std::lock_guard guard{state_->mutex};
    if (state_->closed) return {};
    state_->closed = true;
    AuditRecord stopped;
    stopped.event = AuditEvent::stopped;
    if (auto done = state_->append_locked(stopped); !done) {
      log::warning("the last line of the audit log is missing");
    }
    state_->closing = true;
  }
  state_->written.notify_all();
  state_->syncer.join();
  state_->log.lock.reset();
  if (state_->failure) return tl::unexpected(*state_->failure);
  return {};
}

}  // namespace cex::audit
