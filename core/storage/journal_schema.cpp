// SPDX-License-Identifier: Apache-2.0
#include "core/storage/journal_schema.hpp"

#include <cstdint>

namespace cex::storage {
namespace {

constexpr std::int64_t kVersion = 2;

// Requests and results stand in tables of their own, so that the rows of `jobs`, which the queue
// and the lists walk over, stay small. `totals` lets the bounds of results be checked without
// counting.
constexpr const char* kTables = R"sql(
CREATE TABLE jobs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL,
  state INTEGER NOT NULL,
  status INTEGER,
  language TEXT NOT NULL,
  labels TEXT NOT NULL,
  priority INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  request_bytes INTEGER NOT NULL,
  deadline_at INTEGER,
  expires_at INTEGER,
  head BLOB NOT NULL
) STRICT;
CREATE INDEX jobs_open ON jobs (number) WHERE state < 2;
CREATE INDEX jobs_expiry ON jobs (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX jobs_tenant ON jobs (tenant, number);
CREATE TABLE requests (number INTEGER PRIMARY KEY, request BLOB NOT NULL) STRICT;
CREATE TABLE results (
  number INTEGER PRIMARY KEY,
  bytes INTEGER NOT NULL,
  view BLOB NOT NULL,
  events BLOB NOT NULL
) STRICT;
CREATE TABLE totals (jobs INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
INSERT INTO totals VALUES (0, 0);
CREATE TRIGGER result_made AFTER INSERT ON results BEGIN
  UPDATE totals SET jobs = jobs + 1, bytes = bytes + new.bytes;
END;
CREATE TRIGGER result_gone AFTER DELETE ON results BEGIN
  UPDATE totals SET jobs = jobs - 1, bytes = bytes - old.bytes;
END;
CREATE TABLE idempotency (
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  body_sha256 TEXT NOT NULL,
  jobs TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_expiry ON idempotency (expires_at);
)sql";

// Version 2: whom a finished job's end is still to be told.
constexpr const char* kCallbacks = R"sql(
CREATE TABLE callbacks (
  number INTEGER PRIMARY KEY,
  job TEXT NOT NULL,
  tenant TEXT NOT NULL,
  url TEXT NOT NULL,
  host TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX callbacks_due ON callbacks (due_at);
CREATE INDEX callbacks_job ON callbacks (job);
)sql";

}  // namespace

Result<void> prepare_schema(Database& database) {
  CEX_TRY(const std::int64_t found, database.integer("PRAGMA user_version"));
  if (found == kVersion) return {};
  if (found > kVersion || found < 0) {
    return fail(Errc::config, "job store: its file has version " + std::to_string(found) +
                                  " and this program knows " + std::to_string(kVersion) +
                                  "; start the newer version again, or move the file away");
  }
  return database.execute("BEGIN;" + std::string{found < 1 ? kTables : ""} + kCallbacks +
                          "PRAGMA user_version=" + std::to_string(kVersion) + ";COMMIT");
}

}  // namespace cex::storage
