// SPDX-License-Identifier: Apache-2.0
#include "core/base/ids.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace cex {

std::string random_hex(std::size_t bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes * 2);
  std::array<unsigned char, 32> chunk{};
  while (bytes > 0) {
    const std::size_t want = std::min(bytes, chunk.size());
    const ssize_t got = ::getrandom(chunk.data(), want, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      // An id that could be guessed would break the isolation between tenants.
      std::abort();
    }
    for (ssize_t i = 0; i < got; ++i) {
      const auto byte = chunk[static_cast<std::size_t>(i)];
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
    bytes -= static_cast<std::size_t>(got);
  }
  return out;
}

bool is_job_id(std::string_view text) noexcept {
  return text.size() == 32 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace cex
