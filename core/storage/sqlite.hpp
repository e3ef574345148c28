// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace cex::storage {

/// A value given to a statement. Text and bytes are borrowed until the call ends.
struct Bytes {
  std::string_view data;
};
using Value = std::variant<std::nullptr_t, std::int64_t, std::string_view, Bytes>;

/// One row of an answer, valid inside the callback it is given to.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_{statement} {}
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;  ///< text and bytes alike; "" for null
  [[nodiscard]] bool is_null(int column) const;

 private:
  sqlite3_stmt* statement_;
};

/// A prepared statement; belongs to its Database and must not outlive it.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_{statement} {}

  /// Runs it to its end; `row` is called for every row.
  [[nodiscard]] Result<void> run(const std::vector<Value>& values,
                                 const std::function<void(const Row&)>& row = {});

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

/// The path of a database in memory that all connections of this process find under `name`.
[[nodiscard]] std::string memory_path(const std::string& name);

/// One connection. Not thread-safe. Errors of all calls: Errc::system, with SQLite's own words; a
/// full disk says so.
class Database {
 public:
  enum class Mode : std::uint8_t { read_write, read_only };
  /// Opens, and makes the file (mode 0600) where Mode::read_write finds none.
  [[nodiscard]] static Result<Database> open(const std::string& path, Mode mode);

  /// One or more statements without values.
  [[nodiscard]] Result<void> execute(const std::string& sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  [[nodiscard]] Result<std::int64_t> integer(const std::string& sql);
  /// Rows that the last statement changed.
  [[nodiscard]] std::int64_t changed() const;

 private:
  struct Closer {
    void operator()(sqlite3* connection) const noexcept;
  };
  explicit Database(sqlite3* connection) : connection_{connection} {}
  std::unique_ptr<sqlite3, Closer> connection_;
};

}  // namespace cex::storage
