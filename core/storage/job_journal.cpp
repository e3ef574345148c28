// SPDX-License-Identifier: Apache-2.0
#include "core/storage/job_journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <mutex>

#include <nlohmann/json.hpp>

#include "core/base/ids.hpp"
#include "core/base/json.hpp"
#include "core/base/log.hpp"
#include "core/base/unique_fd.hpp"
#include "core/storage/committer.hpp"
#include "core/storage/journal_reader.hpp"
#include "core/storage/journal_schema.hpp"

namespace cex::storage {
namespace {

constexpr std::chrono::hours kKeyLife{24};
constexpr std::int64_t kReapAtOnce = 500;

std::int64_t stamp(WallTime time) {
  return std::chrono::duration_cast<Nanoseconds>(time.time_since_epoch()).count();
}

std::int64_t signed_of(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

Value optional_stamp(const std::optional<WallTime>& time) {
  return time ? Value{stamp(*time)} : Value{nullptr};
}

std::string labels_text(const JobView& view) {
  auto labels = nlohmann::json::object();
  for (const auto& [key, value] : view.labels) labels[key] = value;
  return dump_json(labels);
}

Result<UniqueFd> lock_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail_errno("job store: " + folder);
  }
  UniqueFd lock{::open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!lock) return fail_errno("job store: " + folder + "/lock");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(Errc::config, "job store: another server uses " + folder +
                                  "; stop it, or give this one a data_dir of its own");
  }
  return lock;
}

struct Statements {
  Statement add_job;
  Statement add_request;
  Statement add_key;
  Statement begin;
  Statement drop_request;
  Statement add_result;
  Statement end;
  Statement drop_job;
  Statement drop_result;
  Statement drop_keys;
  Statement add_callback;
  Statement drop_callback;
  Statement done_callback;
  Statement again_callback;
};

Result<Statements> prepare_statements(Database& database) {
  CEX_TRY(auto add_job,
          database.prepare("INSERT INTO jobs (number, id, tenant, state, language, labels, "
                           "priority, request_bytes, deadline_at, head, attempts) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  CEX_TRY(auto add_request, database.prepare("INSERT INTO requests VALUES (?, ?)"));
  CEX_TRY(auto add_key, database.prepare("INSERT INTO idempotency VALUES (?, ?, ?, ?, ?)"));
  CEX_TRY(
      auto begin,
      database.prepare("UPDATE jobs SET state = ?, attempts = ? WHERE number = ? AND state < 2"));
  CEX_TRY(auto drop_request, database.prepare("DELETE FROM requests WHERE number = ?"));
  CEX_TRY(auto add_result, database.prepare("INSERT INTO results VALUES (?, ?, ?, ?)"));
  CEX_TRY(auto end, database.prepare("UPDATE jobs SET state = ?, status = ?, expires_at = ?, "
                                     "deadline_at = NULL WHERE number = ? AND state < 2"));
  CEX_TRY(auto drop_job, database.prepare("DELETE FROM jobs WHERE number = ?"));
  CEX_TRY(auto drop_result, database.prepare("DELETE FROM results WHERE number = ?"));
  CEX_TRY(auto drop_keys, database.prepare("DELETE FROM idempotency WHERE expires_at <= ?"));
  CEX_TRY(auto add_callback,
          database.prepare("INSERT INTO callbacks (number, job, tenant, url, host, due_at) "
                           "VALUES (?, ?, ?, ?, ?, ?)"));
  CEX_TRY(auto drop_callback, database.prepare("DELETE FROM callbacks WHERE number = ?"));
  CEX_TRY(auto done_callback, database.prepare("DELETE FROM callbacks WHERE job = ?"));
  CEX_TRY(auto again_callback,
          database.prepare("UPDATE callbacks SET tries = ?, due_at = ? WHERE job = ?"));
  return Statements{std::move(add_job),       std::move(add_request),   std::move(add_key),
                    std::move(begin),         std::move(drop_request),  std::move(add_result),
                    std::move(end),           std::move(drop_job),      std::move(drop_result),
                    std::move(drop_keys),     std::move(add_callback),  std::move(drop_callback),
                    std::move(done_callback), std::move(again_callback)};
}

}  // namespace

struct JobJournal::State {
  UniqueFd lock;
  // The reader goes first, so that the last connection to close is the one that may write.
  std::unique_ptr<Statements> statements;
  std::unique_ptr<Committer> committer;
  std::unique_ptr<JournalReader> reader;
  bool posts_wait{false};  ///< a commit costs an fsync, so what nobody waits for goes with others
  std::mutex erase_mutex;
  bool remains{false};  ///< something was dropped whose bytes may still be in the files
  std::chrono::steady_clock::time_point erased_at{};

  ~State() {
    reader.reset();
    statements.reset();
  }

  Result<void> add(const NewEntry& entry) {
    const JobView& view = entry.head.view;
    const std::string labels = labels_text(view);
    const std::string head = encode(entry.head);
    const auto number = signed_of(entry.number);
    const auto size = static_cast<std::int64_t>(entry.request.size());
    const auto priority = static_cast<std::int64_t>(entry.priority);
    const std::int64_t begun = entry.begins ? 1 : 0;  // as a state, and as a number of attempts
    CEX_CHECK(statements->add_job.run({number, entry.id, view.tenant, begun, entry.language, labels,
                                       priority, size, optional_stamp(entry.deadline), Bytes{head},
                                       begun}));
    return statements->add_request.run({number, Bytes{entry.request}});
  }

  Result<void> add_key(const std::vector<NewEntry>& entries, const IdempotencyKey& idempotency) {
    const JobView& view = entries.front().head.view;
    std::string ids;
    for (const NewEntry& entry : entries) ids += (ids.empty() ? "" : ",") + entry.id;
    return statements->add_key.run({view.tenant, idempotency.key, idempotency.body_sha256, ids,
                                    stamp(view.created_at + kKeyLife)});
  }

  Result<void> drop(std::int64_t number) {
    CEX_CHECK(statements->drop_request.run({number}));
    CEX_CHECK(statements->drop_result.run({number}));
    CEX_CHECK(statements->drop_callback.run({number}));
    return statements->drop_job.run({number});
  }

  void note_remains() {
    const std::lock_guard guard{erase_mutex};
    remains = true;
  }

  // Deleted bytes are overwritten in the file by secure_delete; the write-ahead log keeps them
  // until it is emptied, which wants no reader beside it.
  Result<void> erase(std::chrono::steady_clock::time_point now) {
    const std::lock_guard guard{erase_mutex};
    if (!remains || now - erased_at < kEraseWithin / 2) return {};
    const auto pause = reader->pause();
    const auto done = committer->alone([](Database& database) -> Result<void> {
      CEX_CHECK(database.execute("PRAGMA incremental_vacuum(1000)"));
      return database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    });
    if (!done) return done;
    remains = false;
    erased_at = now;
    return {};
  }
};

Result<std::unique_ptr<JobJournal::State>> JobJournal::prepare(const std::string& path,
                                                               config::Durability durability) {
  auto state = std::make_unique<State>();
  CEX_TRY(Database database, Database::open(path, Database::Mode::read_write));
  const bool strict = durability == config::Durability::strict;
  CEX_CHECK(
      database.execute("PRAGMA auto_vacuum=INCREMENTAL;"
                       "PRAGMA journal_mode=WAL;"
                       "PRAGMA secure_delete=ON;"
                       "PRAGMA journal_size_limit=16777216;"
                       "PRAGMA synchronous=" +
                       std::string{strict ? "FULL" : "NORMAL"}));
  CEX_CHECK(prepare_schema(database));
  CEX_TRY(Statements statements, prepare_statements(database));
  state->statements = std::make_unique<Statements>(std::move(statements));
  CEX_TRY(state->reader, JournalReader::open(path));
  state->committer = std::make_unique<Committer>(std::move(database));
  state->posts_wait = strict;
  state->remains = true;  // what the last process left
  return state;
}

Result<std::unique_ptr<JobJournal>> JobJournal::open(const std::string& folder,
                                                     config::Durability durability) {
  CEX_TRY(UniqueFd lock, lock_folder(folder));
  CEX_TRY(auto state, prepare(folder + "/jobs.db", durability));
  state->lock = std::move(lock);
  return std::unique_ptr<JobJournal>(new JobJournal(std::move(state)));
}

Result<std::unique_ptr<JobJournal>> JobJournal::open_in_memory() {
  CEX_TRY(auto state, prepare(memory_path(random_hex(8)), config::Durability::normal));
  return std::unique_ptr<JobJournal>(new JobJournal(std::move(state)));
}

JobJournal::JobJournal(std::unique_ptr<State> state) : state_{std::move(state)} {}
JobJournal::~JobJournal() = default;

Result<std::vector<WaitingEntry>> JobJournal::recover() {
  return state_->reader->waiting();
}

Result<std::uint64_t> JobJournal::last_number() {
  return state_->reader->last_number();
}

Result<void> JobJournal::add(const std::vector<NewEntry>& entries,
                             const std::optional<IdempotencyKey>& idempotency) {
  return state_->committer->commit([&](Database&) -> Result<void> {
    for (const NewEntry& entry : entries) CEX_CHECK(state_->add(entry));
    return idempotency ? state_->add_key(entries, *idempotency) : Result<void>{};
  });
}

void JobJournal::begin(std::uint64_t number, std::uint32_t attempt) {
  const auto work = [state = state_.get(), number, attempt](Database&) {
    return state->statements->begin.run(
        {std::int64_t{1}, static_cast<std::int64_t>(attempt), signed_of(number)});
  };
  if (state_->posts_wait) return state_->committer->post(work);
  if (const auto written = state_->committer->commit(work); !written) {
    log::warning("job store: an attempt was not noted", {{"reason", written.error().message}});
  }
}

Result<void> JobJournal::give_back(std::uint64_t number, std::uint32_t attempts) {
  return state_->committer->commit([&](Database&) {
    return state_->statements->begin.run(
        {std::int64_t{0}, static_cast<std::int64_t>(attempts), signed_of(number)});
  });
}

Result<void> JobJournal::end(const EndedEntry& entry) {
  const std::string view = encode(entry.view);
  const std::string events = encode(entry.events);
  const auto status =
      entry.view.status ? Value{static_cast<std::int64_t>(*entry.view.status)} : Value{nullptr};
  auto written = state_->committer->commit([&](Database& database) -> Result<void> {
    Statements& s = *state_->statements;
    const auto number = signed_of(entry.number);
    CEX_CHECK(s.end.run(
        {static_cast<std::int64_t>(entry.view.state), status, stamp(entry.expires), number}));
    if (database.changed() != 1) return fail(Errc::not_found, "this job has ended already");
    CEX_CHECK(s.drop_request.run({number}));
    // With the result, so that there is never one without the other.
    const auto& callback = entry.view.callback;
    if (callback) {
      CEX_CHECK(s.add_callback.run({number, entry.view.id, entry.view.tenant, callback->url,
                                    callback->host, stamp(std::chrono::system_clock::now())}));
    }
    return s.add_result.run({number, signed_of(entry.bytes), Bytes{view}, Bytes{events}});
  });
  state_->note_remains();
  return written;
}

Result<void> JobJournal::remove(std::uint64_t number) {
  auto removed =
      state_->committer->commit([&](Database&) { return state_->drop(signed_of(number)); });
  state_->note_remains();
  return removed;
}

Result<std::optional<Callback>> JobJournal::next_callback(WallTime now, const CallbackBusy& busy) {
  return state_->reader->next_callback(stamp(now), busy);
}

Result<void> JobJournal::callback_done(const std::string& job) {
  auto done = state_->committer->commit(
      [&](Database&) { return state_->statements->done_callback.run({job}); });
  state_->note_remains();
  return done;
}

Result<void> JobJournal::callback_again(const std::string& job, std::uint32_t tries,
                                        WallTime again) {
  return state_->committer->commit([&](Database&) {
    return state_->statements->again_callback.run(
        {static_cast<std::int64_t>(tries), stamp(again), job});
  });
}

Result<std::uint64_t> JobJournal::callbacks_waiting() {
  return state_->reader->callbacks_waiting();
}

Result<std::optional<std::string>> JobJournal::owner(const std::string& id) {
  return state_->reader->owner(id);
}

Result<std::optional<StoredJob>> JobJournal::load(const std::string& id) {
  return state_->reader->load(id);
}

Result<std::string> JobJournal::load_request(std::uint64_t number) {
  return state_->reader->request(number);
}

Result<JobPage> JobJournal::list(const JobFilter& filter) {
  return state_->reader->list(filter);
}

Result<std::optional<Idempotent>> JobJournal::find_key(const std::string& tenant,
                                                       const std::string& key, WallTime now) {
  return state_->reader->find_key(tenant, key, stamp(now));
}

Result<std::vector<std::string>> JobJournal::reap(WallTime now, const Bounds& bounds) {
  CEX_TRY(const auto over,
          state_->reader->expired(stamp(now), {bounds.max_jobs, bounds.max_bytes}, kReapAtOnce));
  std::vector<std::string> ids;
  if (!over.jobs.empty() || over.keys) {
    const auto dropped = state_->committer->commit([&](Database&) -> Result<void> {
      for (const auto& [number, id] : over.jobs) CEX_CHECK(state_->drop(number));
      return state_->statements->drop_keys.run({stamp(now)});
    });
    if (!dropped) return tl::unexpected(dropped.error());
    state_->note_remains();
    for (const auto& [number, id] : over.jobs) ids.push_back(id);
  }
  CEX_CHECK(state_->erase(std::chrono::steady_clock::now()));
  return ids;
}

}  // namespace cex::storage
