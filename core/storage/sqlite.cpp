// SPDX-License-Identifier: Apache-2.0
#include "core/storage/sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>

#include "core/base/unique_fd.hpp"

namespace cex::storage {
namespace {

constexpr int kBusyMs = 5000;
constexpr std::string_view kInMemory = "file:/";

tl::unexpected<Error> trouble(sqlite3* connection, std::string_view what) {
  std::string message = "job store: " + std::string{what} + ": ";
  message += connection != nullptr ? sqlite3_errmsg(connection) : "out of memory";
  const int code = connection != nullptr ? sqlite3_errcode(connection) : SQLITE_NOMEM;
  if (code == SQLITE_FULL) message += "; make room on its file system";
  return tl::unexpected<Error>(Error{Errc::system, std::move(message), 0, {}});
}

struct Binder {
  sqlite3_stmt* statement;
  int index;

  int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, index); }
  int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, index, number); }
  int operator()(std::string_view text) const {
    return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  int operator()(Bytes bytes) const {
    // A null pointer would bind NULL instead of no bytes.
    return sqlite3_bind_blob64(statement, index, bytes.data.empty() ? "" : bytes.data.data(),
                               bytes.data.size(), SQLITE_STATIC);
  }
};

/// The next run begins anew, and nothing borrowed stays bound.
struct Resetter {
  sqlite3_stmt* statement;
  explicit Resetter(sqlite3_stmt* of) : statement{of} {}
  ~Resetter() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
  Resetter(const Resetter&) = delete;
  Resetter& operator=(const Resetter&) = delete;
};

}  // namespace

std::int64_t Row::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Row::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data != nullptr ? std::string{static_cast<const char*>(data), size} : std::string{};
}

bool Row::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Result<void> Statement::run(const std::vector<Value>& values,
                            const std::function<void(const Row&)>& row) {
  const Resetter resetter{statement_.get()};
  sqlite3* connection = sqlite3_db_handle(statement_.get());
  int index = 0;
  for (const Value& value : values) {
    if (std::visit(Binder{statement_.get(), ++index}, value) != SQLITE_OK) {
      return trouble(connection, "bind");
    }
  }
  while (true) {
    const int step = sqlite3_step(statement_.get());
    if (step == SQLITE_DONE) return {};
    if (step != SQLITE_ROW) return trouble(connection, "statement");
    if (row) row(Row{statement_.get()});
  }
}

void Database::Closer::operator()(sqlite3* connection) const noexcept {
  sqlite3_close_v2(connection);
}

std::string memory_path(const std::string& name) {
  return std::string{kInMemory} + name + "?vfs=memdb";
}

Result<Database> Database::open(const std::string& path, Mode mode) {
  const bool in_memory = path.starts_with(kInMemory);
  if (mode == Mode::read_write && !in_memory) {
    // SQLite would make the file readable for everybody, and it holds sources and outputs.
    const UniqueFd file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file) return fail_errno("job store: " + path);
  }
  const int access = mode == Mode::read_only ? SQLITE_OPEN_READONLY
                     : in_memory             ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                             : SQLITE_OPEN_READWRITE;
  sqlite3* connection = nullptr;
  const int opened = sqlite3_open_v2(
      path.c_str(), &connection,
      access | SQLITE_OPEN_NOMUTEX | (in_memory ? SQLITE_OPEN_URI : SQLITE_OPEN_NOFOLLOW), nullptr);
  Database database{connection};
  if (opened != SQLITE_OK) return trouble(connection, path);
  sqlite3_busy_timeout(connection, kBusyMs);
  return database;
}

Result<void> Database::execute(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return trouble(connection_.get(), "statement");
  }
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return trouble(connection_.get(), "statement");
  }
  return Statement{statement};
}

Result<std::int64_t> Database::integer(const std::string& sql) {
  CEX_TRY(Statement statement, prepare(sql));
  std::int64_t found = 0;
  CEX_CHECK(statement.run({}, [&](const Row& row) { found = row.integer(0); }));
  return found;
}

std::int64_t Database::changed() const {
  return sqlite3_changes64(connection_.get());
}

}  // namespace cex::storage
