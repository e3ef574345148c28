// SPDX-License-Identifier: Apache-2.0
#include "server/api/audit.hpp"

#include <cstdint>

#include <nlohmann/json.hpp>

#include "server/api/query_reader.hpp"

namespace cex::api {
namespace {

constexpr std::uint64_t kMaxPageRecords = 1000;

std::string read_instant(QueryReader& query, std::string_view name) {
  const auto given = query.text(name);
  if (!given) return {};
  auto instant = instant_text(*given);
  if (!instant) query.add(name, "must be an instant in UTC, such as 2026-01-31T12:00:00Z");
  return instant.value_or("");
}

}  // namespace

http::Reply get_audit(Context& context, const http::Request& request) {
  QueryReader query{request};
  AuditQuery wanted;
  wanted.since = read_instant(query, "since");
  wanted.until = read_instant(query, "until");
  wanted.tenant = query.text("tenant").value_or("");
  wanted.job = query.text("job").value_or("");
  wanted.cursor = query.text("cursor").value_or("");
  wanted.limit = query.whole("limit", 1, kMaxPageRecords).value_or(wanted.limit);
  if (auto problem = query.finish()) return std::move(*problem);
  const auto page = context.service.audit(wanted);
  if (!page) return http::problem_of(page.error());
  // The records as they were written: whoever has the chain can compare byte by byte.
  std::string body = "{\"records\":[";
  for (const std::string& record : page->records) {
    if (body.back() != '[') body += ',';
    body += record;
  }
  const nlohmann::json cursor = page->more ? nlohmann::json(page->cursor) : nlohmann::json(nullptr);
  body += "],\"next_cursor\":" + cursor.dump() + "}";
  return http::Response{.body = std::move(body), .headers = {}, .job = {}};
}

}  // namespace cex::api
