// SPDX-License-Identifier: Apache-2.0
#include "server/http/connection.hpp"

#include <cstdint>

#include "core/base/log.hpp"
#include "core/base/text.hpp"

namespace cex::http {
namespace {

// What watches the server by the second would be most of what a collector hears of.
bool is_traced(const RequestLog& log) {
  return log.spans != nullptr && log.context.sampled && log.route.starts_with("/v1/");
}

void end_span(const RequestLog& log, int status, std::string_view job) {
  if (!is_traced(log)) return;
  const auto end = std::chrono::system_clock::now();
  const auto took = std::chrono::duration_cast<WallTime::duration>(
      std::chrono::steady_clock::now() - log.started);
  telemetry::Span span{.trace_id = log.context.trace_id,
                       .id = log.context.span_id,
                       .parent_id = log.context.caller_span_id,
                       .name = log.method + " " + std::string{log.route},
                       .kind = telemetry::Span::Kind::server,
                       .begin = end - took,
                       .end = end,
                       .attributes = {{"http.request.method", log.method},
                                      {"http.route", std::string{log.route}},
                                      {"http.response.status_code", std::int64_t{status}}},
                       .failed = status >= 500};
  if (!job.empty()) span.attributes.emplace_back("cex.job", std::string{job});
  log.spans->add(std::move(span));
}

}  // namespace

void RequestLog::write(int status, std::string_view job, std::string_view note) const {
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
  if (metrics != nullptr) {
    metrics->request(method, route, status,
                     std::chrono::duration_cast<std::chrono::nanoseconds>(took));
  }
  end_span(*this, status, job);
  const std::string shown_path = printable(path);
  log::write(status >= 500 ? log::Level::warning : log::Level::info, "request",
             {{"method", method},
              {"path", shown_path},
              {"status", status},
              {"duration_ms", took.count()},
              {"request_id", context.request_id},
              {"trace_id", context.trace_id},
              {"peer", context.peer},
              {"tenant", context.tenant},
              {"job", job},
              {"note", note}});
}

}  // namespace cex::http
