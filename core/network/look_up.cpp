// SPDX-License-Identifier: Apache-2.0
#include "core/network/look_up.hpp"

#include <poll.h>

#include <algorithm>

#include "core/network/names.hpp"

namespace cex::network {

Result<std::vector<IpAddress>> look_up(const std::string& host, const LookUp& how) {
  using std::chrono::milliseconds;
  if (const auto address = parse_ip(host)) return std::vector<IpAddress>{*address};
  CEX_TRY(const auto names, Names::make(how.servers));
  names->look_up(host);
  constexpr milliseconds kLongest{100};  // so that a stop is seen
  while (names->answer(host) == nullptr) {
    const auto left = std::chrono::ceil<milliseconds>(how.deadline -
                                                      std::chrono::steady_clock::now());
    if (left.count() <= 0) return fail(Errc::not_found, "no answer from the resolver in time");
    if (how.stop != nullptr && *how.stop) return fail(Errc::not_ready, "the search was ended");
    std::vector<pollfd> waits;
    names->add_waits(waits);
    const auto patience = std::min({left, kLongest, names->patience().value_or(kLongest)});
    if (::poll(waits.data(), waits.size(), static_cast<int>(patience.count())) < 0) {
      if (errno != EINTR) return fail_errno("poll");
      continue;
    }
    names->process(waits);
  }
  const Names::Answer& answer = *names->answer(host);
  if (answer.addresses.empty()) return fail(Errc::not_found, answer.failure);
  return answer.addresses;
}

}  // namespace cex::network
