// SPDX-License-Identifier: Apache-2.0
#include "core/storage/journal_reader.hpp"

#include <cstdint>

#include "core/base/text.hpp"
#include "core/storage/sqlite.hpp"

namespace cex::storage {
namespace {

std::uint64_t unsigned_of(const Row& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

std::optional<WallTime> time_of(const Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return WallTime{std::chrono::duration_cast<WallTime::duration>(Nanoseconds{row.integer(column)})};
}

/// The parts of a list's question that depend on its filter.
struct Conditions {
  std::string sql;
  std::vector<Value> values;

  void add(std::string_view condition, Value value) {
    sql += " AND ";
    sql += condition;
    values.push_back(value);
  }
};

}  // namespace

struct JournalReader::State {
  std::mutex mutex;
  Database database;
  Statement owner;
  Statement load;
  Statement request;
  Statement key;
  Statement due;
  Statement oldest;
  Statement totals;
  Statement due_keys;
};

Result<std::unique_ptr<JournalReader>> JournalReader::open(const std::string& path) {
  CEX_TRY(Database database, Database::open(path, Database::Mode::read_only));
  CEX_TRY(auto owner, database.prepare("SELECT tenant FROM jobs WHERE id = ?"));
  CEX_TRY(auto load, database.prepare("SELECT j.number, j.attempts, j.head, r.view, r.events "
                                      "FROM jobs j LEFT JOIN results r USING (number) "
                                      "WHERE j.id = ?"));
  CEX_TRY(auto request, database.prepare("SELECT request FROM requests WHERE number = ?"));
  CEX_TRY(auto key, database.prepare("SELECT jobs, body_sha256 FROM idempotency "
                                     "WHERE tenant = ? AND key = ? AND expires_at > ?"));
  CEX_TRY(auto due, database.prepare("SELECT number, id FROM jobs WHERE expires_at <= ? "
                                     "ORDER BY expires_at LIMIT ?"));
  CEX_TRY(auto oldest, database.prepare("SELECT number, j.id, r.bytes FROM results r "
                                        "JOIN jobs j USING (number) ORDER BY number LIMIT ?"));
  CEX_TRY(auto totals, database.prepare("SELECT jobs, bytes FROM totals"));
  CEX_TRY(auto due_keys,
          database.prepare("SELECT EXISTS (SELECT 1 FROM idempotency WHERE expires_at <= ?)"));
  auto state = std::unique_ptr<State>(new State{{},
                                                std::move(database),
                                                std::move(owner),
                                                std::move(load),
                                                std::move(request),
                                                std::move(key),
                                                std::move(due),
                                                std::move(oldest),
                                                std::move(totals),
                                                std::move(due_keys)});
  return std::unique_ptr<JournalReader>(new JournalReader(std::move(state)));
}

JournalReader::JournalReader(std::unique_ptr<State> state) : state_{std::move(state)} {}
JournalReader::~JournalReader() = default;

std::unique_lock<std::mutex> JournalReader::pause() {
  return std::unique_lock{state_->mutex};
}

Result<std::vector<WaitingEntry>> JournalReader::waiting() {
  const std::lock_guard lock{state_->mutex};
  CEX_TRY(auto statement,
          state_->database.prepare("SELECT number, id, tenant, language, priority, attempts, "
                                   "request_bytes, deadline_at FROM jobs WHERE state < 2 "
                                   "ORDER BY number"));
  std::vector<WaitingEntry> found;
  CEX_CHECK(statement.run({}, [&](const Row& row) {
    found.push_back({.number = unsigned_of(row, 0),
                     .id = row.text(1),
                     .tenant = row.text(2),
                     .language = row.text(3),
                     .priority = static_cast<std::uint32_t>(row.integer(4)),
                     .attempts = static_cast<std::uint32_t>(row.integer(5)),
                     .request_bytes = unsigned_of(row, 6),
                     .deadline = time_of(row, 7)});
  }));
  return found;
}

Result<std::uint64_t> JournalReader::last_number() {
  const std::lock_guard lock{state_->mutex};
  CEX_TRY(const auto number, state_->database.integer("SELECT coalesce(max(number), 0) FROM jobs"));
  return static_cast<std::uint64_t>(number);
}

Result<std::optional<std::string>> JournalReader::owner(const std::string& id) {
  const std::lock_guard lock{state_->mutex};
  std::optional<std::string> found;
  CEX_CHECK(state_->owner.run({id}, [&](const Row& row) { found = row.text(0); }));
  return found;
}

Result<std::optional<StoredJob>> JournalReader::load(const std::string& id) {
  struct Found {
    StoredJob job;
    std::string head;
    std::optional<std::string> view;
    std::string events;
  };
  std::optional<Found> found;
  {
    const std::lock_guard lock{state_->mutex};
    CEX_CHECK(state_->load.run({id}, [&](const Row& row) {
      found.emplace();
      found->job.number = unsigned_of(row, 0);
      found->job.attempts = static_cast<std::uint32_t>(row.integer(1));
      found->head = row.text(2);
      if (row.is_null(3)) return;
      found->view = row.text(3);
      found->events = row.text(4);
    }));
  }
  if (!found) return std::nullopt;
  CEX_TRY(found->job.head, decode_head(found->head));
  if (found->view) {
    CEX_TRY(found->job.view, decode_view(*found->view));
    CEX_TRY(found->job.events, decode_events(found->events));
  }
  return std::move(found->job);
}

Result<std::string> JournalReader::request(std::uint64_t number) {
  std::optional<std::string> found;
  const std::lock_guard lock{state_->mutex};
  CEX_CHECK(state_->request.run({static_cast<std::int64_t>(number)},
                                [&](const Row& row) { found = row.text(0); }));
  if (!found) return fail(Errc::internal, "job store: the request of a waiting job is gone");
  return *std::move(found);
}

Result<JobPage> JournalReader::list(const JobFilter& filter) {
  Conditions where;
  if (!filter.cursor.empty()) {
    const auto before = parse_u64(filter.cursor);
    if (!before) return fail(Errc::invalid_request, "cursor: not one of this server's");
    where.add("number < ?", static_cast<std::int64_t>(*before));
  }
  if (!filter.tenant.empty()) where.add("tenant = ?", std::string_view{filter.tenant});
  if (filter.state) where.add("state = ?", static_cast<std::int64_t>(*filter.state));
  if (filter.status) where.add("status = ?", static_cast<std::int64_t>(*filter.status));
  if (!filter.language.empty()) where.add("language = ?", std::string_view{filter.language});
  if (!filter.label.empty()) {
    const auto equals = filter.label.find('=');
    const std::string_view label{filter.label};
    if (equals == std::string::npos) {
      where.add("EXISTS (SELECT 1 FROM json_each(labels) WHERE key = ?)", label);
    } else {
      where.add("EXISTS (SELECT 1 FROM json_each(labels) WHERE key = ?", label.substr(0, equals));
      where.add("value = ?)", label.substr(equals + 1));
    }
  }
  // One more than asked for tells whether there is a further page.
  where.values.emplace_back(static_cast<std::int64_t>(filter.limit) + 1);
  struct Entry {
    std::int64_t number;
    JobState state;
    std::string head;
    std::string view;
  };
  std::vector<Entry> entries;
  {
    const std::lock_guard lock{state_->mutex};
    CEX_TRY(auto statement,
            state_->database.prepare("SELECT number, j.state, j.head, r.view FROM jobs j "
                                     "LEFT JOIN results r USING (number) WHERE 1" +
                                     where.sql + " ORDER BY number DESC LIMIT ?"));
    CEX_CHECK(statement.run(where.values, [&](const Row& row) {
      entries.push_back(
          {row.integer(0), static_cast<JobState>(row.integer(1)), row.text(2), row.text(3)});
    }));
  }
  JobPage page;
  if (entries.size() > filter.limit) {
    entries.pop_back();
    page.next_cursor = std::to_string(entries.back().number);
  }
  for (const Entry& entry : entries) {
    if (entry.view.empty()) {
      CEX_TRY(JobHead head, decode_head(entry.head));
      head.view.state = entry.state;
      page.jobs.push_back(std::move(head.view));
    } else {
      CEX_TRY(JobView view, decode_view(entry.view));
      page.jobs.push_back(std::move(view));
    }
  }
  return page;
}

Result<std::optional<Idempotent>> JournalReader::find_key(const std::string& tenant,
                                                          const std::string& key,
                                                          std::int64_t now) {
  const std::lock_guard lock{state_->mutex};
  std::optional<Idempotent> found;
  CEX_CHECK(state_->key.run({tenant, key, now}, [&](const Row& row) {
    found.emplace();
    const std::string ids = row.text(0);
    for (const auto id : split(ids, ',')) found->jobs.emplace_back(id);
    found->body_sha256 = row.text(1);
  }));
  return found;
}

Result<std::optional<Callback>> JournalReader::next_callback(std::int64_t now,
                                                             const CallbackBusy& busy) {
  Conditions where;
  where.values.emplace_back(now);
  // The lists are as long as there are threads that deliver, so they are short.
  for (const auto& job : busy.jobs) where.add("job <> ?", std::string_view{job});
  for (const auto& host : busy.hosts) where.add("host <> ?", std::string_view{host});
  for (const auto& tenant : busy.tenants) where.add("tenant <> ?", std::string_view{tenant});
  std::optional<Callback> found;
  const std::lock_guard lock{state_->mutex};
  CEX_TRY(auto statement,
          state_->database.prepare("SELECT job, tenant, url, host, tries FROM callbacks "
                                   "WHERE due_at <= ?" +
                                   where.sql + " ORDER BY due_at LIMIT 1"));
  CEX_CHECK(statement.run(where.values, [&](const Row& row) {
    found = Callback{.job = row.text(0),
                     .tenant = row.text(1),
                     .address = {row.text(2), row.text(3)},
                     .tries = static_cast<std::uint32_t>(row.integer(4))};
  }));
  return found;
}

Result<std::uint64_t> JournalReader::callbacks_waiting() {
  const std::lock_guard lock{state_->mutex};
  CEX_TRY(const auto count, state_->database.integer("SELECT count(*) FROM callbacks"));
  return static_cast<std::uint64_t>(count);
}

Result<JournalReader::Over> JournalReader::expired(std::int64_t now,
                                                   const JobJournal::Bounds& bounds,
                                                   std::int64_t most) {
  const std::lock_guard lock{state_->mutex};
  Over over;
  CEX_CHECK(state_->due.run(
      {now, most}, [&](const Row& row) { over.jobs.emplace_back(row.integer(0), row.text(1)); }));
  CEX_CHECK(state_->due_keys.run({now}, [&](const Row& row) { over.keys = row.integer(0) != 0; }));
  if (!over.jobs.empty()) return over;
  std::int64_t jobs = 0;
  std::int64_t bytes = 0;
  CEX_CHECK(state_->totals.run({}, [&](const Row& row) {
    jobs = row.integer(0) - static_cast<std::int64_t>(bounds.max_jobs);
    bytes = row.integer(1) - static_cast<std::int64_t>(bounds.max_bytes);
  }));
  if (jobs <= 0 && bytes <= 0) return over;
  CEX_CHECK(state_->oldest.run({most}, [&](const Row& row) {
    if (jobs <= 0 && bytes <= 0) return;
    over.jobs.emplace_back(row.integer(0), row.text(1));
    --jobs;
    bytes -= row.integer(2);
  }));
  return over;
}

}  // namespace cex::storage
