// SPDX-License-Identifier: Apache-2.0
#include "server/http/trace.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"

namespace cex::http {
namespace {

constexpr std::size_t kMaxRequestId = 128;
constexpr std::size_t kTraceIdDigits = 32;
constexpr std::size_t kSpanIdDigits = 16;
constexpr std::size_t kRandomIdBytes = 16;

bool is_lower_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool all_zero(std::string_view text) {
  return text.find_first_not_of('0') == text.npos;
}

}  // namespace

std::string choose_request_id(std::optional<std::string_view> given) {
  const bool usable =
      given && !given->empty() && given->size() <= kMaxRequestId &&
      std::all_of(given->begin(), given->end(), [](unsigned char c) {
        return (c < 0x80U && std::isalnum(c) != 0) || c == '.' || c == '_' || c == '-';
      });
  return usable ? std::string{*given} : random_hex(kRandomIdBytes);
}

TraceContext choose_trace(std::optional<std::string_view> traceparent, double sample_ratio) {
  if (traceparent) {
    const auto parts = split(*traceparent, '-');
    // Version ff is forbidden; later versions may have more parts (W3C Trace Context, section 4.3).
    if (parts.size() >= 4 && is_lower_hex(parts[0], 2) && parts[0] != "ff" &&
        (parts[0] != "00" || parts.size() == 4) && is_lower_hex(parts[1], kTraceIdDigits) &&
        !all_zero(parts[1]) && is_lower_hex(parts[2], kSpanIdDigits) && !all_zero(parts[2]) &&
        is_lower_hex(parts[3], 2)) {
      const auto flags = static_cast<unsigned>(std::stoul(std::string{parts[3]}, nullptr, 16));
      return {std::string{parts[1]}, std::string{parts[2]}, (flags & 1U) != 0};
    }
  }
  TraceContext fresh{random_hex(kRandomIdBytes), {}, false};
  // The id is random, so its first digits are the dice.
  constexpr std::size_t kDigits = 8;
  constexpr double kRange = 4294967296.0;
  const auto drawn = std::stoul(fresh.trace_id.substr(0, kDigits), nullptr, 16);
  fresh.sampled = static_cast<double>(drawn) < sample_ratio * kRange;
  return fresh;
}

}  // namespace cex::http
