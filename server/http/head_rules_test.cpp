// SPDX-License-Identifier: Apache-2.0
#include "server/http/head_rules.hpp"

#include <gtest/gtest.h>

namespace cex::http {
namespace {

std::string head(const std::string& request_line, const std::string& fields) {
  return request_line + "\r\n" + fields + "\r\n";
}

int status_of(const std::string& text) {
  const auto checked = check_head(text);
  return checked ? 200 : problem_type(checked.error().kind).status;
}

int get_with(const std::string& fields) {
  return status_of(head("GET / HTTP/1.1", "Host: a\r\n" + fields));
}

int post_with(const std::string& fields) {
  return status_of(head("POST / HTTP/1.1", "Host: a\r\n" + fields));
}

TEST(HeadRules, accept_ordinary_requests) {
  EXPECT_EQ(status_of(head("GET /v1/jobs?x=%20 HTTP/1.1", "Host: localhost:80\r\nAccept: */*\r\n")),
            200);
  EXPECT_EQ(status_of(head("GET / HTTP/1.0", "")), 200);
  EXPECT_EQ(status_of(head("GET http://a/x HTTP/1.1", "Host: a\r\n")), 200);
  EXPECT_EQ(get_with("Expect: 100-Continue\r\n"), 200);
}

TEST(HeadRules, tell_how_the_body_is_framed) {
  const auto chunked =
      check_head(head("POST / HTTP/1.1", "Host: a\r\nTransfer-Encoding: Chunked\r\n"));
  ASSERT_TRUE(chunked);
  EXPECT_EQ(chunked->kind, Framing::Kind::chunked);
  const auto length = check_head(head("POST / HTTP/1.1", "Host: a\r\ncontent-length:  7 \r\n"));
  ASSERT_TRUE(length);
  EXPECT_EQ(length->length, 7U);
}

TEST(HeadRules, refuse_what_two_parsers_could_frame_differently) {
  for (const char* fields :
       {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 1\r\nContent-Length: 1\r\n", "Content-Length: 1, 1\r\n",
        "Content-Length: +1\r\n", "Content-Length: 0x1\r\n", "Content-Length: -1\r\n",
        "Content-Length: \r\n", "Content-Length: 1 1\r\n",
        "Content-Length: 99999999999999999999999\r\n", "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: \"chunked\"\r\n", "Transfer-Encoding: =?utf-8?q?chunked?=\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding : chunked\r\n", "Content-Length : 1\r\n",
        "Content-Length: 1\r\n folded\r\n", "Content-Length: 1\r\n\tfolded\r\n"}) {
    EXPECT_EQ(post_with(fields), 400) << fields;
  }
  EXPECT_EQ(status_of(head("POST / HTTP/1.0", "Transfer-Encoding: chunked\r\n")), 400);
}

TEST(HeadRules, refuse_broken_lines) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"), 400);
  EXPECT_EQ(status_of(std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 28)), 400);
  EXPECT_EQ(status_of("\r\n\r\n"), 400);
  EXPECT_EQ(status_of(head("GET /", "")), 400);  // HTTP/0.9
  EXPECT_EQ(status_of(head("GET  / HTTP/1.1", "Host: a\r\n")), 400);
  EXPECT_EQ(status_of(head("GET /a b HTTP/1.1", "Host: a\r\n")), 400);
  EXPECT_EQ(status_of(head("GE(T / HTTP/1.1", "Host: a\r\n")), 400);
  EXPECT_EQ(get_with("no colon\r\n"), 400);
  EXPECT_EQ(get_with(": empty name\r\n"), 400);
  EXPECT_EQ(get_with("X: \x01\r\n"), 400);
  EXPECT_EQ(get_with("X: \x7f\r\n"), 400);
}

TEST(HeadRules, want_one_host_and_a_target_of_it) {
  EXPECT_EQ(status_of(head("GET / HTTP/1.1", "")), 400);
  EXPECT_EQ(status_of(head("GET / HTTP/1.1", "Host: a\r\nHost: a\r\n")), 400);
  EXPECT_EQ(status_of(head("GET / HTTP/1.1", "Host: a/b\r\n")), 400);
  EXPECT_EQ(status_of(head("GET http://b/x HTTP/1.1", "Host: a\r\n")), 400);
  EXPECT_EQ(status_of(head("GET https://a/x HTTP/1.1", "Host: a\r\n")), 400);
  EXPECT_EQ(status_of(head("GET http://a HTTP/1.1", "Host: a\r\n")), 400);
  EXPECT_EQ(status_of(head("OPTIONS * HTTP/1.1", "Host: a\r\n")), 400);
  EXPECT_EQ(status_of(head("GET a HTTP/1.1", "Host: a\r\n")), 400);
  EXPECT_EQ(status_of(head("GET /#x HTTP/1.1", "Host: a\r\n")), 400);
}

TEST(HeadRules, name_their_own_status_for_version_length_expectation_and_sizes) {
  EXPECT_EQ(status_of(head("GET / HTTP/9.9", "Host: a\r\n")), 505);
  EXPECT_EQ(status_of(head("GET / HTTP/2.0", "Host: a\r\n")), 505);
  EXPECT_EQ(post_with(""), 411);
  EXPECT_EQ(status_of(head("PUT / HTTP/1.1", "Host: a\r\n")), 411);
  EXPECT_EQ(get_with("Expect: the-unexpected\r\n"), 417);
  EXPECT_EQ(status_of(head("GET /" + std::string(8192, 'x') + " HTTP/1.1", "Host: a\r\n")), 414);
  EXPECT_EQ(get_with(std::string(257, 'n') + ": v\r\n"), 431);
  EXPECT_EQ(get_with("X: " + std::string(8193, 'v') + "\r\n"), 431);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X: y\r\n";
  EXPECT_EQ(get_with(many), 431);
}

TEST(HeadRules, see_early_that_a_head_can_never_become_valid) {
  EXPECT_FALSE(check_partial_head("GET / HTTP/1.1\r"));
  EXPECT_TRUE(check_partial_head("GET / HTTP/1.1\n"));
  EXPECT_TRUE(check_partial_head("ab\rc", 3)) << "the CR of the read before was bare";
  EXPECT_TRUE(check_partial_head(std::string(9000, 'x')));
  EXPECT_TRUE(check_partial_head("GET / HTTP/1.1\r\n" + std::string(kMaxHeadBytes, 'x')));
}

}  // namespace
}  // namespace cex::http
