// SPDX-License-Identifier: Apache-2.0
// The rules of the gate (what Poco leaves to the application), byte by byte against the real
// daemon.
#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

using namespace std::string_literals;

constexpr std::string_view kJsonHead =
    "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
constexpr std::string_view kGet = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

class Wire : public ApiTest {
 protected:
  HttpResponse exchange(std::string_view bytes) {
    RawClient client = api.connect();
    client.send(bytes);
    return client.read_response();
  }
  HttpResponse post_with(std::string_view fields, std::string_view body = "") {
    return exchange(std::string{kJsonHead} + std::string{fields} + "\r\n" + std::string{body});
  }
};

TEST_F(Wire, an_unread_body_is_never_the_next_request) {
  for (const char* target : {"/nowhere", "/healthz", "/v1/jobs"}) {
    RawClient client = api.connect();
    const std::string smuggled = "DELETE /v1/jobs/x HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.send("POST " + std::string{target} + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                std::to_string(smuggled.size()) + "\r\n\r\n" + smuggled);
    const auto answer = client.read_response();
    EXPECT_GE(answer.status, 400);
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_EQ(client.read_to_end(), "") << target;
  }
}

TEST_F(Wire, ambiguous_framing_is_refused_and_the_connection_closed) {
  for (const char* fields :
       {"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 2\r\nContent-Length: 2\r\n", "Content-Length: 2, 2\r\n",
        "Content-Length: two\r\n", "Content-Length: +2\r\n", "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding : chunked\r\n", "Content-Length: 2\r\n 3\r\n",
        "Transfer-Encoding: =?utf-8?q?chunked?=\r\n"}) {
    RawClient client = api.connect();
    client.send(std::string{kJsonHead} + fields + "\r\n{}" + std::string{kGet});
    expect_problem(client.read_response(), 400, "invalid_request");
    EXPECT_EQ(client.read_to_end(), "") << fields;
  }
}

TEST_F(Wire, a_body_needs_a_length) {
  expect_problem(post_with(""), 411, "length_required");
}

TEST_F(Wire, a_declared_length_above_the_bound_is_refused_before_the_body) {
  expect_problem(post_with("Content-Length: 999999999999\r\n"), 413, "too_large");
}

TEST_F(Wire, a_chunked_body_is_counted_while_it_is_read) {
  RawClient client = api.connect();
  client.send(std::string{kJsonHead} + "Transfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(0x100000, ' ') + "\r\n";
  for (int i = 0; i < 17; ++i) client.send(chunk);
  expect_problem(client.read_response(), 413, "too_large");
}

TEST_F(Wire, a_chunked_body_is_read_and_its_framing_checked) {
  EXPECT_EQ(post_with("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n").status, 400);
  expect_problem(post_with("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"), 400,
                 "invalid_request");
  const auto whole = body_of(post_with("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"));
  EXPECT_THAT(whole["detail"].get<std::string>(), ::testing::HasSubstr("/language"));
  for (const char* body :
       {"2;x=y\r\n{}\r\n0\r\n\r\n", "2\n{}\n0\n\n", "zz\r\n", "2\r\n{}xx0\r\n\r\n",
        "2\r\n{}\r\n0\r\nEvil: 1\r\n\r\n", "fffffffff\r\n"}) {
    const auto answer = post_with("Transfer-Encoding: chunked\r\n", body);
    expect_problem(answer, 400, "invalid_request");
    EXPECT_THAT(answer.body, ::testing::HasSubstr("chunked")) << body;
  }
}

TEST_F(Wire, a_short_body_is_not_taken_for_a_whole_one) {
  RawClient client = api.connect();
  client.send(std::string{kJsonHead} + "Content-Length: 100\r\n\r\n{}");
  client.half_close();
  const auto answer = client.read_response();
  expect_problem(answer, 400, "invalid_request");
  EXPECT_THAT(answer.body, ::testing::HasSubstr("declared length"));
  RawClient chunked = api.connect();
  chunked.send(std::string{kJsonHead} + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n");
  chunked.half_close();
  EXPECT_THAT(chunked.read_response().body, ::testing::HasSubstr("declared length"));
}

TEST_F(Wire, encoded_words_cannot_bring_line_ends_into_header_values) {
  const auto answer = exchange(
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: "
      "=?utf-8?q?a=0d=0aInjected:_b?=\r\n\r\n");
  expect_problem(answer, 400, "invalid_request");
  EXPECT_EQ(answer.headers.count("injected"), 0U);
}

TEST_F(Wire, odd_versions_and_missing_hosts_are_refused) {
  expect_problem(exchange("GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n"), 505,
                 "version_not_supported");
  expect_problem(exchange("GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n"), 505,
                 "version_not_supported");
  expect_problem(exchange("GET /healthz HTTP/1.1\r\n\r\n"), 400, "invalid_request");
  expect_problem(exchange("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400,
                 "invalid_request");
  EXPECT_EQ(exchange("GET /healthz HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_EQ(exchange("GET /healthz\r\n\r\n").status, 400);  // HTTP/0.9
}

TEST_F(Wire, malformed_heads_are_refused_without_echo) {
  for (const std::string& head :
       {std::string{"GET /healthz HTTP/1.1\nHost: a\n\n"},
        std::string{"GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n"},
        std::string{"GET /healthz HTTP/1.1\r\nHost: a\r\nX: evil\x01here\r\n\r\n"},
        std::string{"GET /healthz HTTP/1.1\r\nHost: a\r\nX : evil\r\n\r\n"},
        std::string{"GET /healthz HTTP/1.1\r\nHost: a\r\nevil\r\n\r\n"},
        "GET /he\0althz HTTP/1.1\r\nHost: a\r\n\r\n"s,
        std::string{"GET http://evil/healthz HTTP/1.1\r\nHost: a\r\n\r\n"},
        std::string{"\x16\x03\x01\x02\r\n\r\n"}}) {
    const auto answer = exchange(head);
    expect_problem(answer, 400, "invalid_request");
    EXPECT_EQ(answer.body.find("evil"), std::string::npos);
  }
  EXPECT_EQ(exchange("GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

TEST_F(Wire, sizes_of_heads_are_bounded) {
  expect_problem(exchange("GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n"), 414,
                 "uri_too_long");
  expect_problem(
      exchange("GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'x') + "\r\n\r\n"),
      431, "header_too_large");
  std::string many = "GET /healthz HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 101; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  expect_problem(exchange(many + "\r\n"), 431, "header_too_large");
  expect_problem(exchange("GET /healthz HTTP/1.1\r\nHost: a\r\n" + std::string(70'000, 'x')), 431,
                 "header_too_large");
}

TEST_F(Wire, a_client_that_expects_100_hears_the_refusal_instead) {
  const auto refused = post_with("Content-Length: 999999999999\r\nExpect: 100-continue\r\n");
  EXPECT_EQ(refused.status, 413);
  const auto nowhere = exchange(
      "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(nowhere.status, 404);
  RawClient client = api.connect();
  client.send(std::string{kJsonHead} + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_head().status, 100);
  client.send("{}");
  EXPECT_EQ(client.read_response().status, 400);
  expect_problem(post_with("Content-Length: 2\r\nExpect: something\r\n"), 417,
                 "expectation_failed");
}

TEST_F(Wire, the_refusal_of_a_large_body_arrives_although_the_client_sends_on) {
  RawClient client = api.connect();
  client.send(std::string{kJsonHead} + "Content-Length: 33554432\r\n\r\n" +
              std::string(200'000, ' '));
  expect_problem(client.read_response(), 413, "too_large");
}

TEST_F(Wire, pipelined_requests_are_answered_in_order) {
  RawClient client = api.connect();
  client.send(std::string{kGet} + std::string{kJsonHead} + "Content-Length: 2\r\n\r\n{}" +
              std::string{kGet});
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_EQ(client.read_response().status, 400);
  EXPECT_EQ(client.read_response().status, 200);
}

TEST_F(Wire, every_answer_has_the_security_headers_and_no_version_of_ours) {
  for (const char* target : {"/healthz", "/nowhere", "/openapi.json"}) {
    const auto answer = api.get(target);
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.header("cache-control"), "no-store");
    EXPECT_THAT(answer.header("content-security-policy"),
                ::testing::HasSubstr("default-src 'none'"));
    EXPECT_EQ(answer.headers.count("server"), 0U);
    EXPECT_EQ(answer.headers.count("access-control-allow-origin"), 0U);
  }
}

TEST_F(Wire, request_ids_come_back_when_they_are_valid) {
  EXPECT_EQ(api.get("/healthz", {{"X-Request-Id", "my.id_1-2"}}).header("x-request-id"),
            "my.id_1-2");
  for (const std::string& bad : {std::string{"a b"}, std::string(129, 'x'), std::string{"a;b"}}) {
    const auto made = api.get("/healthz", {{"X-Request-Id", bad}}).header("x-request-id");
    EXPECT_EQ(made.size(), 32U);
  }
}

TEST_F(Wire, media_types_and_encodings_other_than_plain_json_are_refused) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded",
                           "application/json; charset=latin1", "application/jsonx", ""}) {
    expect_problem(api.request("POST", "/v1/jobs", "{}", {{"Content-Type", type}}), 415,
                   "unsupported_media_type");
  }
  expect_problem(api.request("POST", "/v1/jobs", "{}", {{"Content-Encoding", "gzip"}}), 415,
                 "unsupported_media_type");
  EXPECT_EQ(
      api.request("POST", "/v1/jobs", "{}", {{"Content-Type", "application/json; charset=UTF-8"}})
          .status,
      400);
}

TEST_F(Wire, web_pages_of_other_origins_are_refused) {
  expect_problem(api.request("POST", "/v1/jobs", "{}", {{"Origin", "https://evil.example"}}), 403,
                 "forbidden");
  expect_problem(api.get("/v1/jobs", {{"Origin", "null"}}), 403, "forbidden");
  expect_problem(api.get("/v1/jobs", {{"Origin", "http://localhost.evil.example"}}), 403,
                 "forbidden");
  EXPECT_EQ(api.get("/v1/jobs", {{"Origin", "http://localhost:3000"}}).status, 200);
}

TEST_F(Wire, unknown_paths_and_methods_are_problems) {
  for (const char* path : {"/", "/v1", "/v1/", "/v1/jobs/", "/v1/jobs/x/y", "/metric", "/v1/audits",
                           "/v1/jobs/../../healthz", "/%68ealthz", "//healthz"}) {
    expect_problem(api.get(path), 404, "not_found");
  }
  expect_problem(api.request("PUT", "/v1/jobs/batch", "{}"), 405, "method_not_allowed");
  const auto wrong = api.request("PUT", "/v1/jobs", "{}");
  expect_problem(wrong, 405, "method_not_allowed");
  EXPECT_EQ(wrong.header("allow"), "POST, GET, HEAD");
  EXPECT_EQ(api.request("OPTIONS", "/v1/jobs").status, 405);
  EXPECT_EQ(api.request("TRACE", "/healthz").status, 405);
  const auto head = api.request("HEAD", "/healthz");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), "15");
  expect_problem(api.request("GET", "/healthz", "{}"), 400, "invalid_request");
}

TEST_F(Wire, log_lines_of_hostile_requests_stay_one_json_object_each) {
  const std::string id = "hostile-log-line";
  (void)exchange("GET /\x1b[31m\"\\ HTTP/1.1\r\nHost: a\r\n\r\n");
  (void)api.get("/%0a%22%7d?%0d", {{"X-Request-Id", id}});
  const auto line = daemon.wait_for_line("request", "request_id", id);
  ASSERT_TRUE(line);
  EXPECT_EQ((*line)["status"], 404);
  EXPECT_EQ(daemon.log_text().find('\x1b'), std::string::npos);
  for (const char* field : {"method", "path", "duration_ms", "request_id", "trace_id", "peer"}) {
    EXPECT_TRUE(line->contains(field)) << field;
  }
}

}  // namespace
}  // namespace cex::test
