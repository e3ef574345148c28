// SPDX-License-Identifier: Apache-2.0
#include "server/http/connection.hpp"

#include "core/base/log.hpp"
#include "core/base/text.hpp"

namespace cex::http {

void RequestLog::write(int status, std::string_view job, std::string_view note) const {
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
  if (metrics != nullptr) {
    metrics->request(method, route, status,
                     std::chrono::duration_cast<std::chrono::nanoseconds>(took));
  }
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
