// SPDX-License-Identifier: Apache-2.0
#include "server/hub/hub.hpp"

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <thread>

#include <Poco/Net/StreamSocketImpl.h>
#include <gtest/gtest.h>

#include "core/base/unique_fd.hpp"
#include "server/hub/fake_service.hpp"

namespace cex::hub {
namespace {

using std::chrono::milliseconds;

/// The far end of a connection that the hub holds.
class FarEnd {
 public:
  explicit FarEnd(int fd) : fd_{fd} {}
  std::string read_to_end() {
    std::string all;
    std::array<char, 4096> block;
    ssize_t count = 0;
    while ((count = ::recv(fd_.get(), block.data(), block.size(), 0)) > 0) {
      all.append(block.data(), static_cast<std::size_t>(count));
    }
    return all;
  }
  std::string read_until(const std::string& text) {
    std::string all;
    char c = 0;
    while (all.find(text) == std::string::npos && ::recv(fd_.get(), &c, 1, 0) == 1) all += c;
    return all;
  }
  /// One masked text frame (the mask is all zeros).
  void say(const std::string& text) {
    std::string frame{"\x81", 1};
    frame += text.size() < 126
                 ? std::string(1, static_cast<char>(0x80U | text.size()))
                 : std::string{static_cast<char>(0xFE), static_cast<char>(text.size() >> 8U),
                               static_cast<char>(text.size())};
    frame += std::string(4, '\0') + text;
    EXPECT_EQ(::send(fd_.get(), frame.data(), frame.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(frame.size()));
  }
  void close() { fd_.reset(); }
  void half_close() { ::shutdown(fd_.get(), SHUT_WR); }

 private:
  UniqueFd fd_;
};

class HubTest : public ::testing::Test {
 protected:
  std::string new_job() { return service_.submit({.jobs = {{}}})->ids.front(); }

  std::pair<http::Connection, FarEnd> pair() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), 0);
    channels_.push_back(std::make_unique<http::PlainChannel>(fds[0]));
    return {http::Connection{Poco::Net::StreamSocket{new Poco::Net::StreamSocketImpl{fds[0]}},
                             {},
                             channels_.back().get()},
            FarEnd{fds[1]}};
  }

  FarEnd stream(Hub& hub, const std::string& job, std::uint64_t after = 0,
                OnDisconnect on_disconnect = OnDisconnect::keep) {
    auto [connection, far] = pair();
    hub.stream(std::move(connection),
               {.job = job, .after = after, .on_disconnect = on_disconnect, .context = {}});
    return std::move(far);
  }

  FarEnd talk(Hub& hub, const std::string& job, OnDisconnect on_disconnect = OnDisconnect::cancel,
              std::string unread = {}) {
    auto [connection, far] = pair();
    connection.unread = std::move(unread);
    hub.talk(std::move(connection), {.job = job, .on_disconnect = on_disconnect, .context = {}},
             "accepted");
    return std::move(far);
  }
  template <class Condition>
  static bool soon(Condition condition) {
    for (int i = 0; i < 10'000 && !condition(); ++i) {
      std::this_thread::sleep_for(milliseconds{1});
    }
    return condition();
  }

  void wait_for_cancels(int count) {
    for (int i = 0; i < 5000 && service_.cancels < count; ++i) {
      std::this_thread::sleep_for(milliseconds{1});
    }
    EXPECT_EQ(service_.cancels, count);
  }

  FakeService service_;
  std::vector<std::unique_ptr<http::Channel>> channels_;
};

TEST_F(HubTest, streams_what_was_and_what_comes_until_the_result) {
  Hub hub{service_, {}};
  const auto job = new_job();
  service_.print(job, "early");
  auto far = stream(hub, job);
  EXPECT_NE(far.read_until("early").find("200 OK"), std::string::npos);
  for (int i = 0; i < 50; ++i) service_.print(job, "line " + std::to_string(i));
  service_.finish(job);
  const std::string rest = far.read_to_end();
  EXPECT_NE(
      rest.find("id: 51\nevent: stdout\ndata: {\"step\":\"run\",\"run\":0,\"data\":\"line 49\""),
      std::string::npos);
  EXPECT_NE(rest.find("id: 52\nevent: result\ndata: {\"id\":\"" + job), std::string::npos);
}

TEST_F(HubTest, resumes_after_the_event_that_the_client_has) {
  Hub hub{service_, {}};
  const auto job = new_job();
  for (int i = 1; i <= 30; ++i) service_.print(job, "<" + std::to_string(i) + ">");
  service_.finish(job);
  auto far = stream(hub, job, 25);
  const std::string all = far.read_to_end();
  EXPECT_EQ(all.find("<25>"), std::string::npos);
  EXPECT_NE(all.find("id: 26\n"), std::string::npos);
  EXPECT_NE(all.find("event: result"), std::string::npos);
}

TEST_F(HubTest, keeps_a_quiet_stream_alive_with_comments) {
  Hub hub{service_, {.heartbeat = milliseconds{20}}};
  auto far = stream(hub, new_job());
  const std::string twice = ": keep-alive\n\n: keep-alive\n\n";
  EXPECT_NE(far.read_until(twice).find(twice), std::string::npos);
}

TEST_F(HubTest, cancels_the_job_of_a_stream_whose_client_goes_away) {
  Hub hub{service_, {}};
  auto far = stream(hub, new_job(), 0, OnDisconnect::cancel);
  far.read_until("\r\n\r\n");
  far.close();
  wait_for_cancels(1);
}

TEST_F(HubTest, keeps_the_job_of_a_reader_that_is_merely_slow) {
  Hub hub{service_, {.stall = milliseconds{50}}};
  const auto job = new_job();
  auto far = stream(hub, job, 0, OnDisconnect::cancel);
  for (int i = 0; i < 100; ++i) service_.print(job, std::string(100'000, 'x'));
  for (int i = 0; i < 5000 && hub.clients() > 0; ++i) std::this_thread::sleep_for(milliseconds{1});
  EXPECT_EQ(hub.clients(), 0U) << "a client that reads nothing is cut";
  EXPECT_EQ(service_.cancels, 0);
}

TEST_F(HubTest, answers_a_wait_with_the_finished_job) {
  Hub hub{service_, {}};
  const auto job = new_job();
  auto [connection, far] = pair();
  hub.await(std::move(connection), {.job = job, .context = {}},
            Hub::Clock::now() + milliseconds{60'000});
  service_.finish(job);
  const std::string answer = far.read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("\"state\":\"finished\""), std::string::npos);
}

TEST_F(HubTest, answers_a_wait_at_its_deadline_with_the_job_as_it_stands) {
  Hub hub{service_, {}};
  auto [connection, far] = pair();
  hub.await(std::move(connection), {.job = new_job(), .context = {}},
            Hub::Clock::now() + milliseconds{20});
  const std::string answer = far.read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 202 Accepted\r\n")) << answer;
  EXPECT_NE(answer.find("\"state\":\"queued\""), std::string::npos);
}

TEST_F(HubTest, does_not_cancel_for_a_wait_that_goes_away) {
  Hub hub{service_, {}};
  const auto job = new_job();
  auto [connection, far] = pair();
  hub.await(std::move(connection), {.job = job, .context = {}},
            Hub::Clock::now() + milliseconds{60'000});
  far.close();
  for (int i = 0; i < 5000 && hub.clients() > 0; ++i) std::this_thread::sleep_for(milliseconds{1});
  EXPECT_EQ(hub.clients(), 0U);
  EXPECT_EQ(service_.get(job)->state, JobState::queued);
}

TEST_F(HubTest, tells_a_problem_when_the_job_is_unknown_and_an_error_event_when_it_is_forgotten) {
  Hub hub{service_, {}};
  EXPECT_TRUE(stream(hub, "nothing").read_to_end().starts_with("HTTP/1.1 404 Not Found\r\n"));
  const auto job = new_job();
  auto far = stream(hub, job);
  service_.print(job, "something");
  far.read_until("something");
  ASSERT_TRUE(service_.forget(job));
  service_.nudge(job);
  const std::string rest = far.read_to_end();
  EXPECT_NE(rest.find("event: error\ndata: {\"code\":\"not_found\""), std::string::npos) << rest;
}

TEST_F(HubTest, ends_every_connection_when_it_stops) {
  Hub hub{service_, {}};
  const auto job = new_job();
  auto streaming = stream(hub, job);
  streaming.read_until("\r\n\r\n");
  auto [connection, waiting] = pair();
  hub.await(std::move(connection), {.job = job, .context = {}},
            Hub::Clock::now() + milliseconds{60'000});
  for (int i = 0; i < 5000 && hub.clients() < 2; ++i) std::this_thread::sleep_for(milliseconds{1});
  std::thread stopper{[&] { hub.stop(milliseconds{5000}); }};
  EXPECT_NE(streaming.read_to_end().find("event: error"), std::string::npos);
  // The job may have been kept for the next server, which can be asked.
  EXPECT_TRUE(waiting.read_to_end().starts_with("HTTP/1.1 202 "));
  streaming.close();
  waiting.close();
  stopper.join();
  EXPECT_EQ(service_.cancels, 0);
}

TEST_F(HubTest, carries_what_a_client_says_to_its_job) {
  Hub hub{service_, {}};
  const auto job = new_job();
  auto far = talk(hub, job);
  EXPECT_NE(far.read_until("\r\n\r\n").find("Sec-WebSocket-Accept: accepted"), std::string::npos);
  far.say(R"({"type":"stdin","data":"one "})");
  far.say(R"({"type":"stdin","data":"two"})");
  far.say(R"({"type":"signal","signal":"SIGINT"})");
  far.say(R"({"type":"resize","rows":5,"cols":6})");
  far.say(R"({"type":"eof"})");
  EXPECT_TRUE(soon([&] { return service_.heard(job).ended; }));
  const auto heard = service_.heard(job);
  EXPECT_EQ(heard.input, "one two");
  EXPECT_EQ(heard.signals, std::vector<int>{2});
  EXPECT_EQ(heard.window, (WindowSize{5, 6}));
  service_.finish(job);
  EXPECT_NE(far.read_to_end().find(R"({"type":"result","id":1,"job":{)"), std::string::npos);
  EXPECT_EQ(service_.cancels, 0);
}

TEST_F(HubTest, reads_what_came_behind_the_handshake) {
  Hub hub{service_, {}};
  const auto job = new_job();
  auto far =
      talk(hub, job, OnDisconnect::keep, std::string{"\x81\x8E\0\0\0\0", 6} + R"({"type":"eof"})");
  EXPECT_TRUE(soon([&] { return service_.heard(job).ended; }));
}

TEST_F(HubTest, listens_no_further_to_a_client_whose_job_does_not_read) {
  Hub hub{service_, {}};
  const auto job = new_job();
  auto far = talk(hub, job, OnDisconnect::keep);
  far.read_until("\r\n\r\n");
  service_.make_room(job, 3);
  far.say(R"({"type":"stdin","data":"abcdef"})");
  far.say(R"({"type":"eof"})");
  EXPECT_TRUE(soon([&] { return service_.heard(job).input == "abc"; }));
  EXPECT_FALSE(service_.heard(job).ended) << "it comes behind the input";
  far.half_close();  // what it said still counts
  service_.make_room(job, 2);
  EXPECT_TRUE(soon([&] { return service_.heard(job).input == "abcde"; }));
  service_.make_room(job, 10);
  EXPECT_TRUE(soon([&] { return service_.heard(job).ended; }));
  EXPECT_EQ(service_.heard(job).input, "abcdef");
}

TEST_F(HubTest, cancels_for_a_client_that_goes_although_it_is_not_listened_to) {
  Hub hub{service_, {}};
  const auto job = new_job();
  auto far = talk(hub, job);
  far.read_until("\r\n\r\n");
  service_.make_room(job, 0);
  far.say(R"({"type":"stdin","data":"abcdef"})");
  EXPECT_TRUE(soon([&] { return service_.heard(job).room == 0; }));
  far.close();
  wait_for_cancels(1);
}

TEST_F(HubTest, cancels_when_the_last_of_several_clients_goes) {
  Hub hub{service_, {}};
  const auto job = new_job();
  auto first = talk(hub, job);
  auto second = talk(hub, job);
  first.read_until("\r\n\r\n");
  second.read_until("\r\n\r\n");
  first.close();
  EXPECT_TRUE(soon([&] { return hub.clients() == 1; }));
  EXPECT_EQ(service_.cancels, 0);
  second.say("nonsense");
  EXPECT_NE(second.read_to_end().find("invalid_request"), std::string::npos);
  wait_for_cancels(1);
}

TEST_F(HubTest, cuts_a_talker_that_answers_no_ping) {
  Hub hub{service_, {.heartbeat = milliseconds{20}}};
  auto far = talk(hub, new_job());
  const std::string ping{"\x89\0", 2};
  EXPECT_NE(far.read_until(ping).find(ping), std::string::npos);
  wait_for_cancels(1);
}

TEST_F(HubTest, has_room_for_so_many_clients) {
  Hub hub{service_, {.max_clients = 1}};
  EXPECT_TRUE(hub.has_room());
  auto far = stream(hub, new_job());
  EXPECT_FALSE(hub.has_room());
}

}  // namespace
}  // namespace cex::hub
