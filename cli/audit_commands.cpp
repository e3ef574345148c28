// SPDX-License-Identifier: Apache-2.0
// Reading audit logs where they lie, with or without a server that writes them.
#include <cstdio>
#include <string>
#include <thread>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "core/audit/reader.hpp"

namespace cex::cli {
namespace {

constexpr std::size_t kPage = 1000;
constexpr std::chrono::milliseconds kLookInterval{250};

Result<std::string> read_instant(const char* option, const std::string& given) {
  if (given.empty()) return std::string{};
  auto instant = instant_text(given);
  if (instant) return *std::move(instant);
  return fail(Errc::invalid_request,
              std::string{option} + ": write an instant in UTC, such as 2026-01-31T12:00:00Z");
}

Result<AuditQuery> query_of(const AuditReadCommand& command) {
  AuditQuery query;
  CEX_TRY(query.since, read_instant("--since", command.since));
  CEX_TRY(query.until, read_instant("--until", command.until));
  query.tenant = command.tenant;
  query.job = command.job;
  query.event = command.event;
  query.limit = kPage;
  return query;
}

/// Everything from the query's cursor to the end of the log, which the cursor then is at.
Result<void> print_rest(const std::string& folder, AuditQuery& query) {
  for (bool more = true; more;) {
    CEX_TRY(const AuditPage page, audit::read_page(folder, query));
    for (const std::string& record : page.records) std::printf("%s\n", record.c_str());
    query.cursor = page.cursor;
    more = page.more;
  }
  if (std::fflush(stdout) == 0) return {};
  return fail_errno("standard output");
}

Result<void> export_log(const AuditReadCommand& command) {
  CEX_TRY(AuditQuery query, query_of(command));
  return print_rest(command.path, query);
}

Result<void> follow_log(const AuditReadCommand& command) {
  CEX_TRY(AuditQuery query, query_of(command));
  CEX_TRY(query.cursor, audit::cursor_before_end(command.path, command.lines));
  while (true) {
    CEX_CHECK(print_rest(command.path, query));
    if (!command.follow) return {};
    std::this_thread::sleep_for(kLookInterval);
  }
}

int exit_with(const Result<void>& result) {
  return result ? kExitOk : complain(result.error());
}

}  // namespace

int audit_export(const AuditReadCommand& command) {
  return exit_with(export_log(command));
}

int audit_tail(const AuditReadCommand& command) {
  return exit_with(follow_log(command));
}

}  // namespace cex::cli
