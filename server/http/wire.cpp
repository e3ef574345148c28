// SPDX-License-Identifier: Apache-2.0
#include "server/http/wire.hpp"

#include <array>
#include <ctime>

#include "server/http/error_map.hpp"

namespace cex::http {
namespace {

// RFC 9110 section 5.6.7; strftime would use the locale's names.
std::string http_date() {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 40> text{};
  const int length = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                                   kMonths[static_cast<std::size_t>(utc.tm_mon)],
                                   utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return {text.data(), static_cast<std::size_t>(length)};
}

void add_field(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  head += value;
  head += "\r\n";
}

}  // namespace

std::string render_head(const Response& response, std::string_view request_id, KeepAlive keep_alive,
                        std::optional<std::size_t> length) {
  std::string head;
  head.reserve(512);
  head += "HTTP/1.1 " + std::to_string(response.status) + ' ';
  head += reason_phrase(response.status);
  head += "\r\n";
  add_field(head, "Date", http_date());
  add_field(head, "X-Request-Id", request_id);
  add_field(head, "Cache-Control", "no-store");
  add_field(head, "X-Content-Type-Options", "nosniff");
  add_field(head, "X-Frame-Options", "DENY");
  add_field(head, "Referrer-Policy", "no-referrer");
  add_field(head, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  for (const auto& [name, value] : response.headers) add_field(head, name, value);
  if (response.status != 204) {
    add_field(head, "Content-Type", response.content_type);
    if (length) add_field(head, "Content-Length", std::to_string(*length));
  }
  add_field(head, "Connection", keep_alive == KeepAlive::yes ? "keep-alive" : "close");
  head += "\r\n";
  return head;
}

std::string render(const Response& response, std::string_view request_id, KeepAlive keep_alive,
                   BodyPart part) {
  std::string bytes = render_head(response, request_id, keep_alive, response.body.size());
  if (part == BodyPart::with_body && response.status != 204) bytes += response.body;
  return bytes;
}

Response to_response(const Problem& problem, std::string_view request_id) {
  return Response{.status = problem_type(problem.kind).status,
                  .content_type = "application/problem+json",
                  .body = render_problem(problem, request_id),
                  .headers = problem.headers,
                  .job = {}};
}

}  // namespace cex::http
