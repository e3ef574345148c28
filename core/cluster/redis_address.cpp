// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/redis_address.hpp"

#include "core/base/text.hpp"

namespace cex::cluster {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::uint64_t kMaxPort = 65'535;

std::string_view without_brackets(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return host.substr(1, host.size() - 2);
  }
  return host;
}

}  // namespace

std::string RedisAddress::text() const {
  if (!path.empty()) return std::string{kUnix} + path;
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<std::vector<RedisAddress>> parse_redis_addresses(std::string_view text) {
  std::vector<RedisAddress> addresses;
  for (const std::string_view part : split(text, ',')) {
    const std::string_view one = trim(part);
    RedisAddress address;
    if (one.starts_with(kUnix) && one.size() > kUnix.size() && one[kUnix.size()] == '/') {
      address.path = one.substr(kUnix.size());
    } else {
      const auto colon = one.rfind(':');
      const auto port =
          colon == std::string_view::npos ? std::nullopt : parse_u64(one.substr(colon + 1));
      if (!port || *port == 0 || *port > kMaxPort || colon == 0) {
        return fail(Errc::config, "'" + printable(one) + "' must be HOST:PORT or unix:/PATH");
      }
      address.host = without_brackets(one.substr(0, colon));
      address.port = static_cast<std::uint16_t>(*port);
    }
    addresses.push_back(std::move(address));
  }
  return addresses;
}

}  // namespace cex::cluster
