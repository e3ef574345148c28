// SPDX-License-Identifier: Apache-2.0
#include "core/outbound/url.hpp"

#include <gtest/gtest.h>

namespace cex::outbound {
namespace {

std::string normal(std::string_view text) {
  const auto url = parse_url(text);
  return url ? url->text() : "refused";
}

TEST(Url, has_one_form) {
  EXPECT_EQ(normal("https://Hooks.Example.org/a?b=c"), "https://hooks.example.org/a?b=c");
  EXPECT_EQ(normal("HTTPS://example.org"), "https://example.org/");
  EXPECT_EQ(normal("https://example.org:443/"), "https://example.org/");
  EXPECT_EQ(normal("http://example.org:80/"), "http://example.org/");
  EXPECT_EQ(normal("http://example.org:443/"), "http://example.org:443/");
  EXPECT_EQ(normal("https://example.org?x"), "https://example.org/?x");
  EXPECT_EQ(normal("https://[2001:DB8::1]/x"), "https://[2001:db8::1]/x");
  EXPECT_EQ(normal("https://[2001:db8::1]:8443/x"), "https://[2001:db8::1]:8443/x");
  EXPECT_EQ(normal("https://192.0.2.1:8443/a/../b"), "https://192.0.2.1:8443/a/../b");
}

TEST(Url, refuses_what_two_parsers_could_read_in_two_ways) {
  for (const char* text :
       {"", "example.org", "ftp://example.org/", "https:/example.org/", "https://", "https:///x",
        "https://user@example.org/", "https://a:b@example.org/", "https://example.org/#f",
        "https://example.org\\@evil.example/", "https://example.org/\\", "https://example.org/ x",
        "https://example.org/\r\nHost: x", "https://exa mple.org/", "https://2130706433/",
        "https://0x7f000001/", "https://127.1/", "https://0177.0.0.1/", "https://example.org:0/",
        "https://example.org:65536/", "https://example.org:/", "https://example.org:+80/",
        "https://2001:db8::1/", "https://[::1", "https://example.org./", "https://ex\xc3\xa4mple/",
        "https://example.org/\xc3\xa4", "https://[fe80::1%25eth0]/", "javascript://x"}) {
    EXPECT_EQ(normal(text), "refused") << text;
  }
  EXPECT_EQ(normal("https://example.org/" + std::string(2048, 'a')), "refused");
}

}  // namespace
}  // namespace cex::outbound
