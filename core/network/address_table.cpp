// SPDX-License-Identifier: Apache-2.0
#include "core/network/address_table.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "core/base/unique_fd.hpp"
#include "core/network/socket_address.hpp"

namespace cex::network {
namespace {

struct Row {
  std::string_view block;
  const char* what;
};

constexpr std::array kV4{
    Row{"0.0.0.0/8", "this network"},
    Row{"10.0.0.0/8", "private"},
    Row{"100.64.0.0/10", "shared (carrier-grade NAT)"},
    Row{"127.0.0.0/8", "loopback"},
    Row{"168.63.129.16/32", "a cloud's own services"},
    Row{"169.254.0.0/16", "link-local (metadata)"},
    Row{"172.16.0.0/12", "private"},
    Row{"192.0.0.0/24", "special purpose"},
    Row{"192.0.2.0/24", "documentation"},
    Row{"192.31.196.0/24", "special purpose"},
    Row{"192.52.193.0/24", "special purpose"},
    Row{"192.88.99.0/24", "6to4 relay"},
    Row{"192.168.0.0/16", "private"},
    Row{"192.175.48.0/24", "special purpose"},
    Row{"198.18.0.0/15", "benchmarking"},
    Row{"198.51.100.0/24", "documentation"},
    Row{"203.0.113.0/24", "documentation"},
    Row{"224.0.0.0/4", "multicast"},
    Row{"240.0.0.0/4", "reserved"},
};

// Named for the sake of the audit record; everything outside 2000::/3 is refused anyway.
constexpr std::array kV6{
    Row{"::/128", "unspecified"},
    Row{"::1/128", "loopback"},
    Row{"::ffff:0.0.0.0/96", "IPv4-mapped"},
    Row{"64:ff9b::/96", "NAT64"},
    Row{"64:ff9b:1::/48", "NAT64"},
    Row{"fc00::/7", "private (unique local)"},
    Row{"fe80::/10", "link-local"},
    Row{"ff00::/8", "multicast"},
    Row{"2001::/32", "Teredo"},
    Row{"2001::/23", "special purpose"},
    Row{"2001:db8::/32", "documentation"},
    Row{"2002::/16", "6to4"},
    Row{"2620:4f:8000::/48", "special purpose"},
    Row{"3fff::/20", "documentation"},
};
constexpr std::string_view kGlobalUnicast = "2000::/3";

struct Block {
  IpBlock block;
  const char* what;
};

template <std::size_t N>
std::vector<Block> parsed(const std::array<Row, N>& rows) {
  std::vector<Block> blocks;
  for (const Row& row : rows) {
    // A row that cannot be read would be a hole: this throws at the first question instead.
    blocks.push_back({parse_ip_block(row.block).value(), row.what});
  }
  return blocks;
}

const char* find(const std::vector<Block>& blocks, const IpAddress& address) noexcept {
  const auto found = std::ranges::find_if(
      blocks, [&](const Block& entry) { return entry.block.contains(address); });
  return found == blocks.end() ? nullptr : found->what;
}

}  // namespace

const char* special_block(const IpAddress& address) {
  static const std::vector<Block> v4 = parsed(kV4);
  static const std::vector<Block> v6 = parsed(kV6);
  static const IpBlock global = parse_ip_block(kGlobalUnicast).value();
  if (!address.v6) return find(v4, address);
  if (const char* what = find(v6, address)) return what;
  return global.contains(address) ? nullptr : "not global unicast";
}

bool is_own(const IpAddress& address) noexcept {
  const UniqueFd socket{::socket(address.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  // Without the family there is no way to that address either.
  if (!socket) return errno != EAFNOSUPPORT;
  const SocketAddress own{address, 0};
  if (::bind(socket.get(), own.get(), own.size()) == 0) return true;
  return errno != EADDRNOTAVAIL;
}

std::string why_refused(const IpAddress& address, const std::vector<IpBlock>& permitted) {
  if (std::ranges::any_of(permitted,
                          [&](const IpBlock& block) { return block.contains(address); })) {
    return {};
  }
  if (const char* what = special_block(address)) return std::string{"the address is "} + what;
  if (is_own(address)) return "the address is this host's own";
  return {};
}

}  // namespace cex::network
