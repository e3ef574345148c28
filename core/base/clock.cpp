// SPDX-License-Identifier: Apache-2.0
#include "core/base/clock.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace cex {

std::string rfc3339(WallTime instant) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const auto since = duration_cast<milliseconds>(instant.time_since_epoch()).count();
  const std::time_t seconds = since / 1000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.tm_year + 1900,
                utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                static_cast<int>(since % 1000));
  return text.data();
}

}  // namespace cex
