// SPDX-License-Identifier: Apache-2.0
// The gate over real sockets, with handlers and time limits that the daemon does not have.
#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "server/http/http_server.hpp"
#include "tests/api/raw_client.hpp"

namespace cex::test {
namespace {

using http::BodyRule;
using http::Reply;
using http::Request;
using http::Response;

Response text(std::string body) {
  return {.content_type = "text/plain", .body = std::move(body), .headers = {}, .job = {}};
}

class Gate : public ::testing::Test {
 protected:
  void start(http::HttpSettings settings = {}) {
    settings.listen = "127.0.0.1:0";
    std::vector<http::Route> routes{
        {"POST", "/echo", http::Access::open, http::BodyRule::json,
         [](const Request& r) -> Reply { return text(r.body); }},
        {"GET", "/ok", http::Access::open, http::BodyRule::none,
         [](const Request&) -> Reply { return text("fine"); }},
        {"GET", "/large", http::Access::open, http::BodyRule::none,
         [](const Request&) -> Reply { return text(std::string(std::size_t{64} << 20U, 'x')); }},
        {"GET", "/throw", http::Access::open, http::BodyRule::none,
         [](const Request&) -> Reply { throw std::runtime_error("secret of the server"); }},
        {"GET", "/throw-int", http::Access::open, http::BodyRule::none,
         [](const Request&) -> Reply { throw 42; }},
        {"POST", "/count", http::Access::open, http::BodyRule::json,
         [this](const Request&) -> Reply {
           ++handled_;
           return text("counted");
         }},
    };
    auto started = http::HttpServer::start(std::make_shared<http::Router>(std::move(routes)),
                                           nullptr, settings);
    ASSERT_TRUE(started) << started.error().message;
    server_ = *std::move(started);
    const std::string address = server_->address();
    port_ = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }

  RawClient connect() const { return RawClient{port_}; }

  std::atomic<int> handled_{0};
  std::unique_ptr<http::HttpServer> server_;
  std::uint16_t port_{0};
};

constexpr std::string_view kGet = "GET /ok HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kJson = "Host: x\r\nContent-Type: application/json\r\n";

std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string{path} + " HTTP/1.1\r\n" + std::string{kJson} +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

TEST_F(Gate, serves_many_requests_on_one_connection_even_when_they_come_at_once) {
  start();
  auto client = connect();
  client.send(post("/echo", "one") + std::string{kGet} + post("/echo", "three"));
  EXPECT_EQ(client.read_response().body, "one");
  EXPECT_EQ(client.read_response().body, "fine");
  EXPECT_EQ(client.read_response().body, "three");
}

TEST_F(Gate, never_takes_an_unread_body_for_the_next_request) {
  start();
  for (const std::string path : {"/nowhere", "/ok"}) {  // 404 and 405, both without reading
    auto client = connect();
    client.send(post(path, post("/count", "{}")));
    const auto answer = client.read_response();
    EXPECT_TRUE(answer.status == 404 || answer.status == 405) << answer.status;
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_EQ(client.read_to_end(), "");
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(Gate, turns_exceptions_of_handlers_into_problems_without_their_text) {
  start();
  auto client = connect();
  for (const std::string path : {"/throw", "/throw-int"}) {
    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = client.read_response();
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_NE(answer.body.find("internal_error"), std::string::npos);
    EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  }
  client.send(kGet);
  EXPECT_EQ(client.read_response().body, "fine");
}

TEST_F(Gate, answers_408_when_a_head_does_not_arrive_in_time_however_steadily_it_drips) {
  start({.header_timeout = std::chrono::milliseconds{300}});
  auto client = connect();
  client.send("GET /ok HTTP/1.1\r\n");
  std::atomic<bool> done{false};
  std::thread drip{[&] {
    while (!done) {
      client.send("X: y\r\n");
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  }};
  const auto answer = client.read_response();
  done = true;
  drip.join();
  EXPECT_EQ(answer.status, 408);
}

TEST_F(Gate, answers_408_when_a_body_does_not_arrive_in_time) {
  start({.body_timeout = std::chrono::milliseconds{300}});
  auto client = connect();
  client.send("POST /echo HTTP/1.1\r\n" + std::string{kJson} + "Content-Length: 100\r\n\r\n{");
  EXPECT_EQ(client.read_response().status, 408);
}

TEST_F(Gate, closes_a_silent_connection) {
  start({.header_timeout = std::chrono::milliseconds{300}});
  auto client = connect();
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(Gate, lets_go_of_a_client_that_never_reads) {
  start({.max_threads = 1, .send_timeout = std::chrono::milliseconds{200}});
  auto stuck = connect();
  stuck.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  // There is one thread, so this answer comes only after the other client was cut.
  auto other = connect();
  other.send(kGet);
  EXPECT_EQ(other.read_response().body, "fine");
}

TEST_F(Gate, refuses_connections_above_the_cap_of_one_address_and_counts_them_down_again) {
  start({.max_connections_per_address = 2, .loopback = http::Loopback::counted});
  auto first = connect();
  first.send(kGet);
  ASSERT_EQ(first.read_response().status, 200);
  {
    auto second = connect();
    second.send(kGet);
    ASSERT_EQ(second.read_response().status, 200);
    auto third = connect();
    const auto refused = third.read_response();
    EXPECT_EQ(refused.status, 429);
    EXPECT_NE(refused.header("retry-after"), "");
    EXPECT_NE(refused.body.find("rate_limited"), std::string::npos);
  }
  for (int attempt = 0;; ++attempt) {
    auto again = connect();
    again.send(kGet);
    if (again.read_response().status == 200) break;
    ASSERT_LT(attempt, 1000) << "the closed connection still counts";
  }
}

TEST_F(Gate, caps_connections_in_all) {
  start({.max_connections = 1});
  auto first = connect();
  first.send(kGet);
  ASSERT_EQ(first.read_response().status, 200);
  EXPECT_EQ(connect().read_response().status, 429);
}

TEST_F(Gate, stops_while_clients_are_connected_and_streaming_bodies) {
  start();
  auto idle = connect();
  idle.send(kGet);
  ASSERT_EQ(idle.read_response().status, 200);
  auto half = connect();
  half.send("POST /echo HTTP/1.1\r\n" + std::string{kJson} + "Content-Length: 100\r\n\r\n{");
  server_->stop();
  EXPECT_TRUE(idle.read_to_end());
}

TEST(ListenAddress, is_told_to_be_this_machines_or_everybodys) {
  for (const char* own : {"127.0.0.1:0", "[::1]:8080", "localhost:80", "127.9.9.9:1"}) {
    EXPECT_TRUE(http::is_loopback(own).value_or(false)) << own;
  }
  for (const char* open : {"0.0.0.0:80", "[::]:80", "192.0.2.1:80"}) {
    EXPECT_FALSE(http::is_loopback(open).value_or(true)) << open;
  }
  for (const char* bad : {"", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "example.org:1",
                          "127.0.0.1:-1", ":80"}) {
    EXPECT_FALSE(http::is_loopback(bad)) << bad;
  }
}

TEST_F(Gate, keeps_no_connection_while_others_wait_for_its_thread) {
  http::HttpSettings settings;
  settings.max_threads = 1;
  settings.keep_alive_timeout = std::chrono::hours{1};
  start(settings);
  const std::string request = "GET /ok HTTP/1.1\r\nHost: x\r\n\r\n";
  RawClient first = connect();
  first.send(request);
  EXPECT_EQ(first.read_response().header("connection"), "keep-alive");
  RawClient second = connect();
  second.send(request);
  // It is in the queue once the server has accepted it.
  HttpResponse answer;
  do {
    first.send(request);
    answer = first.read_response();
    ASSERT_EQ(answer.status, 200);
  } while (answer.header("connection") == "keep-alive");
  EXPECT_EQ(answer.header("connection"), "close");
  first.close();
  EXPECT_EQ(second.read_response().status, 200);
}

}  // namespace
}  // namespace cex::test
