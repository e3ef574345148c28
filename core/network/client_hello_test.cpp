// SPDX-License-Identifier: Apache-2.0
#include "core/network/client_hello.hpp"

#include <gtest/gtest.h>

namespace cex::network {
namespace {

using namespace std::string_literals;

std::string number(std::size_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i)
    text += static_cast<char>(value >> (8U * unsigned(i)) & 0xffU);
  return text;
}

std::string block(const std::string& content, int length_bytes) {
  return number(content.size(), length_bytes) + content;
}

std::string extension(std::size_t type, const std::string& content) {
  return number(type, 2) + block(content, 2);
}

std::string name(const std::string& host) {
  return extension(0, block(std::string(1, '\0') + block(host, 2), 2));
}

std::string message(const std::string& extensions) {
  const std::string body = "\x03\x03" + std::string(32, 'r') + block("session", 1) +
                           block("\x13\x01", 2) + block(std::string(1, '\0'), 1) +
                           block(extensions, 2);
  return "\x01" + block(body, 3);
}

std::string records(const std::string& handshake, std::size_t each) {
  std::string bytes;
  for (std::size_t at = 0; at < handshake.size(); at += each) {
    bytes += "\x16\x03\x01" + block(handshake.substr(at, each), 2);
  }
  return bytes;
}

TEST(ClientHello, gives_the_server_name) {
  const std::string hello = message(extension(43, "x") + name("example.org") + extension(51, "y"));
  for (const std::size_t each : {std::size_t{1}, std::size_t{7}, std::size_t{16'000}}) {
    const ClientHello read = read_client_hello(records(hello, each));
    EXPECT_EQ(read.progress, Progress::complete) << each;
    EXPECT_EQ(read.server_name, "example.org");
    EXPECT_FALSE(read.encrypted);
  }
}

TEST(ClientHello, waits_for_all_of_it_and_says_how_long) {
  const std::string bytes = records(message(name("example.org")), 10);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const ClientHello read = read_client_hello(bytes.substr(0, size));
    ASSERT_EQ(read.progress, Progress::incomplete) << size;
    EXPECT_GT(read.wanted, size);
    EXPECT_LE(read.wanted, bytes.size());
  }
}

TEST(ClientHello, tells_of_no_name_and_of_an_encrypted_one) {
  EXPECT_EQ(read_client_hello(records(message(""), 999)).server_name, "");
  const ClientHello read =
      read_client_hello(records(message(name("front.example") + extension(0xfe0d, "?")), 999));
  EXPECT_EQ(read.progress, Progress::complete);
  EXPECT_TRUE(read.encrypted);
}

TEST(ClientHello, refuses_what_is_malformed) {
  const std::string good = message(name("a.b"));
  std::string other_type = good;
  other_type[0] = 2;
  std::string cut = good;
  cut[3] = static_cast<char>(cut[3] - 1);  // the message says it is shorter than what is in it
  for (const std::string& bytes :
       {std::string{"GET / HTTP/1.1"}, std::string{"\x15\x03\x01\x00\x02xx", 7},
        std::string{"\x16\x02\x01\x00\x02xx", 7}, std::string{"\x16\x03\x01\x00\x00", 5},
        std::string{"\x16\x03\x01\x7f\xff", 5}, records(other_type, 999), records(cut, 999),
        records(message(name("a.b") + name("c.d")), 999), records(message(name("")), 999),
        records(message(extension(0, block(std::string(1, '\1') + block("a", 2), 2))), 999),
        records(message(std::string{"\0\0\0\x09x", 5}), 999),
        records("\x01\x01\x00\x00"s + std::string(16'380, 'x'), 9'999)}) {
    EXPECT_EQ(read_client_hello(bytes).progress, Progress::malformed) << bytes.substr(0, 40);
  }
}

}  // namespace
}  // namespace cex::network
