// SPDX-License-Identifier: Apache-2.0
#include "core/network/socks.hpp"

#include <gtest/gtest.h>

namespace cex::network::socks {
namespace {

using namespace std::string_literals;

TEST(SocksGreeting, is_read_as_it_comes) {
  const std::string whole = "\x05\x02\x01\x00"s;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(read_greeting(whole.substr(0, size)).progress, Progress::incomplete) << size;
  }
  const Greeting greeting = read_greeting(whole + "more");
  EXPECT_EQ(greeting.progress, Progress::complete);
  EXPECT_EQ(greeting.size, whole.size());
  EXPECT_TRUE(greeting.without_authentication);
  EXPECT_FALSE(read_greeting("\x05\x01\x02"s).without_authentication);
  EXPECT_FALSE(read_greeting("\x05\x00"s).without_authentication);
  EXPECT_EQ(read_greeting("\x04\x01"s).progress, Progress::malformed);
}

TEST(SocksRequest, is_read_as_it_comes) {
  struct Case {
    std::string bytes;
    std::string host;
  };
  for (const Case& given :
       {Case{"\x05\x01\x00\x03\x03"
             "a.b\x01\xbb"s,
             "a.b"},
        Case{"\x05\x01\x00\x01\x7f\x00\x00\x01\x01\xbb"s, "127.0.0.1"},
        Case{"\x05\x01\x00\x04"s + std::string(15, '\0') + "\x01\x01\xbb"s, "::1"}}) {
    for (std::size_t size = 0; size < given.bytes.size(); ++size) {
      EXPECT_EQ(read_request(given.bytes.substr(0, size)).progress, Progress::incomplete) << size;
    }
    const Request request = read_request(given.bytes + "more");
    EXPECT_EQ(request.progress, Progress::complete);
    EXPECT_EQ(request.size, given.bytes.size());
    EXPECT_EQ(request.command, kConnect);
    EXPECT_EQ(request.host, given.host);
    EXPECT_EQ(request.port, 443);
  }
}

TEST(SocksRequest, is_refused_where_it_is_malformed) {
  for (const std::string& bytes :
       {"\x04\x01\x00\x01\x01"s, "\x05\x01\x01\x01\x01"s, "\x05\x01\x00\x02\x01"s,
        "\x05\x01\x00\x00\x01"s, "\x05\x01\x00\x03\x00"s}) {
    EXPECT_EQ(read_request(bytes).progress, Progress::malformed);
  }
}

TEST(SocksReply, has_ten_bytes) {
  EXPECT_EQ(render(Reply::not_allowed), "\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"s);
  EXPECT_EQ(choose_method(true), "\x05\x00"s);
  EXPECT_EQ(choose_method(false), "\x05\xff"s);
}

}  // namespace
}  // namespace cex::network::socks
