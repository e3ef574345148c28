// SPDX-License-Identifier: Apache-2.0
#include "core/network/http_head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::network {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HttpHead, is_found_as_it_comes) {
  const std::string whole = "CONNECT a.b:443 HTTP/1.1\r\n\r\n";
  std::size_t known = 0;
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_FALSE(http_head_is_whole(whole.substr(0, size), known)) << size;
    known = size;
  }
  EXPECT_TRUE(http_head_is_whole(whole, known));
  EXPECT_TRUE(http_head_is_whole(whole + "tls", 0));
  EXPECT_TRUE(http_head_is_whole(std::string(kMaxHttpHead, 'x'), 0));
}

TEST(HttpHead, reads_a_tunnel) {
  const std::string head = "CONNECT [2001:db8::1]:8443 HTTP/1.0\r\nUser-Agent: x\r\n\r\n";
  const HttpRequest request = read_http_request(head + "more");
  EXPECT_EQ(request.progress, Progress::complete);
  EXPECT_TRUE(request.tunnel);
  EXPECT_EQ(request.size, head.size());
  EXPECT_EQ(request.host, "[2001:db8::1]");
  EXPECT_EQ(request.port, 8443);
  EXPECT_EQ(request.head, "");
}

TEST(HttpHead, writes_a_plain_request_anew) {
  const HttpRequest request = read_http_request(
      "POST HTTP://a.b:81?q=1#part HTTP/1.0\r\nHost: other.example\r\nAccept:  */* \r\n"
      "Proxy-Authorization: secret\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(request.progress, Progress::complete);
  EXPECT_FALSE(request.tunnel);
  EXPECT_EQ(request.host, "a.b");
  EXPECT_EQ(request.port, 81);
  EXPECT_EQ(request.body_size, 3U);
  EXPECT_EQ(request.head,
            "POST /?q=1 HTTP/1.1\r\nHost: a.b:81\r\nAccept: */*\r\n"
            "Content-Length: 3\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(read_http_request("GET http://a.b HTTP/1.1\r\n\r\n").head,
              HasSubstr("GET / HTTP/1.1\r\nHost: a.b\r\n"));
}

TEST(HttpHead, refuses_what_is_malformed) {
  struct Case {
    std::string head;
    int status;
  };
  for (const Case& given : {
           Case{"GET / HTTP/1.1\r\nHost: a.b\r\n\r\n", 400},
           Case{"GET https://a.b/ HTTP/1.1\r\n\r\n", 400},
           Case{"GET http:///x HTTP/1.1\r\n\r\n", 400},
           Case{"GET http://a.b:0/ HTTP/1.1\r\n\r\n", 400},
           Case{"GET http://a.b:99999/ HTTP/1.1\r\n\r\n", 400},
           Case{"CONNECT a.b HTTP/1.1\r\n\r\n", 400},
           Case{"CONNECT [::1] HTTP/1.1\r\n\r\n", 400},
           Case{"CONNECT :80 HTTP/1.1\r\n\r\n", 400},
           Case{"CONNECT a.b:80\r\n\r\n", 400},
           Case{"CONNECT a.b:80 HTTP/2.0\r\n\r\n", 400},
           Case{"CONNECT  a.b:80 HTTP/1.1\r\n\r\n", 400},
           Case{"GET http://a.b/ HTTP/1.1\r\nA : b\r\n\r\n", 400},
           Case{"GET http://a.b/ HTTP/1.1\r\n folded\r\n\r\n", 400},
           Case{"GET http://a.b/ HTTP/1.1\r\nA: b\nHost: c\r\n\r\n", 400},
           Case{"GET http://a.b/ HTTP/1.1\r\nA: b\rc\r\n\r\n", 400},
           Case{"GET http://a.b/\x01 HTTP/1.1\r\n\r\n", 400},
           Case{"GET http://a.b/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
           Case{"GET http://a.b/ HTTP/1.1\r\nContent-Length: +1\r\n\r\n", 400},
           Case{"POST http://a.b/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411},
           Case{std::string(kMaxHttpHead, 'x'), 431},
           Case{"\r\n\r\n", 400},
       }) {
    const HttpRequest request = read_http_request(given.head);
    EXPECT_EQ(request.progress, Progress::malformed) << given.head.substr(0, 80);
    EXPECT_EQ(request.status, given.status) << given.head.substr(0, 80);
  }
}

TEST(HttpHead, never_sends_on_what_it_did_not_check) {
  const HttpRequest request = read_http_request(
      "GET http://a.b/ HTTP/1.1\r\nA: b\r\n\r\nGET http://c.d/ HTTP/1.1\r\nHost: c.d\r\n\r\n");
  EXPECT_THAT(request.head, Not(HasSubstr("c.d")));
  EXPECT_EQ(request.body_size, 0U);
}

}  // namespace
}  // namespace cex::network
