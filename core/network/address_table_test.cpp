// SPDX-License-Identifier: Apache-2.0
#include "core/network/address_table.hpp"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include <gtest/gtest.h>

#include "core/base/unique_fd.hpp"
#include "core/network/socket_address.hpp"

namespace cex::network {
namespace {

TEST(AddressTable, refuses_every_special_block_from_its_first_to_its_last_address) {
  for (const char* text :
       {"0.0.0.0",         "0.255.255.255",   "10.0.0.0",        "10.255.255.255",
        "100.64.0.0",      "100.100.100.200", "100.127.255.255", "127.0.0.1",
        "127.255.255.255", "168.63.129.16",   "169.254.0.0",     "169.254.169.254",
        "169.254.255.255", "172.16.0.0",      "172.31.255.255",  "192.0.0.192",
        "192.0.2.1",       "192.88.99.1",     "192.168.0.0",     "192.168.255.255",
        "198.18.0.0",      "198.19.255.255",  "198.51.100.7",    "203.0.113.7",
        "224.0.0.1",       "239.255.255.255", "240.0.0.0",       "255.255.255.255"}) {
    EXPECT_NE(special_block(*parse_ip(text)), nullptr) << text;
  }
  for (const char* text : {"::",
                           "::1",
                           "::2",
                           "::127.0.0.1",
                           "::ffff:8.8.8.8",
                           "::ffff:127.0.0.1",
                           "64:ff9b::7f00:1",
                           "64:ff9b:1::1",
                           "100::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "fe80::1",
                           "febf::1",
                           "fec0::1",
                           "ff02::1",
                           "2001::1",
                           "2001:0:4136:e378::1",
                           "2001:db8::1",
                           "2001:20::1",
                           "2002:7f00:1::1",
                           "3fff::1",
                           "4000::1",
                           "5f00::1"}) {
    EXPECT_NE(special_block(*parse_ip(text)), nullptr) << text;
  }
}

TEST(AddressTable, lets_ordinary_public_addresses_pass) {
  for (const char* text :
       {"1.1.1.1",        "8.8.8.8",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
        "100.128.0.0",    "126.255.255.255", "128.0.0.0",       "169.253.255.255", "169.255.0.0",
        "172.15.255.255", "172.32.0.0",      "192.167.255.255", "192.169.0.0",     "198.17.255.255",
        "198.20.0.0",     "223.255.255.255", "2606:4700::1111", "2a00:1450::1",    "2400:cb00::1",
        "2001:4860::8888"}) {
    EXPECT_EQ(special_block(*parse_ip(text)), nullptr) << text;
  }
}

TEST(AddressTable, an_operators_block_wins_and_covers_nothing_else) {
  const std::vector<IpBlock> permitted{*parse_ip_block("127.0.0.1/32"),
                                       *parse_ip_block("fd00::/8")};
  EXPECT_EQ(why_refused(*parse_ip("127.0.0.1"), permitted), "");
  EXPECT_EQ(why_refused(*parse_ip("fd12::1"), permitted), "");
  EXPECT_EQ(why_refused(*parse_ip("127.0.0.2"), permitted), "the address is loopback");
  EXPECT_EQ(why_refused(*parse_ip("::ffff:127.0.0.1"), permitted), "the address is IPv4-mapped");
  EXPECT_EQ(why_refused(*parse_ip("169.254.169.254"), permitted),
            "the address is link-local (metadata)");
}

constexpr int kCannot = 77;

/// In a process of its own, with an ordinary public address on an interface of its own: 0 if that
/// one is refused and its neighbour is not.
int judge_an_own_public_address() {
  if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return kCannot;
  const UniqueFd socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const SocketAddress address{*parse_ip("9.9.9.9"), 0};
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  std::memcpy(&request.ifr_addr, address.get(), address.size());
  if (::ioctl(socket.get(), SIOCSIFADDR, &request) != 0) return kCannot;
  if (why_refused(*parse_ip("9.9.9.9"), {}) != "the address is this host's own") return 1;
  return why_refused(*parse_ip("149.112.112.112"), {}).empty() ? 0 : 2;
}

TEST(AddressTable, refuses_the_hosts_own_addresses_though_they_are_public) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(judge_an_own_public_address());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kCannot) GTEST_SKIP() << "no network namespace to be had here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(AddressTable, knows_the_hosts_own_addresses) {
  EXPECT_TRUE(is_own(*parse_ip("127.0.0.1")));
  EXPECT_FALSE(is_own(*parse_ip("8.8.8.8")));
}

}  // namespace
}  // namespace cex::network
