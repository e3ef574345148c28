// SPDX-License-Identifier: Apache-2.0
// Event streams and clients that go away.
#include <cstdint>
#include <thread>

#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

struct Event {
  std::uint64_t id{0};
  std::string name;
  json data;
};

std::vector<Event> parse_events(const std::string& text) {
  std::vector<Event> events;
  std::size_t at = 0;
  for (auto end = text.find("\n\n"); end != std::string::npos; end = text.find("\n\n", at)) {
    Event event;
    std::istringstream block{text.substr(at, end - at)};
    at = end + 2;
    for (std::string line; std::getline(block, line);) {
      if (line.starts_with("id: ")) event.id = std::stoull(line.substr(4));
      if (line.starts_with("event: ")) event.name = line.substr(7);
      if (line.starts_with("data: ")) event.data = json::parse(line.substr(6), nullptr, false);
    }
    if (!event.name.empty()) events.push_back(std::move(event));
  }
  return events;
}

std::string output_of(const std::vector<Event>& events, const std::string& name) {
  std::string all;
  for (const auto& event : events) {
    if (event.name == name) all += event.data["data"].get<std::string>();
  }
  return all;
}

class Streams : public ApiTest {
 protected:
  void SetUp() override {
    const json entry = language("python");
    if (entry["usable"] != true) GTEST_SKIP() << entry["reason"];
  }
  RawClient open(const std::string& method, const std::string& target,
                 const std::optional<json>& job, const Headers& headers = {}) {
    RawClient client = api.connect();
    client.send(
        render_request(method, target, job ? std::optional{job->dump()} : std::nullopt, headers));
    return client;
  }
  static json python(const std::string& source, const json& more = json::object()) {
    json job{{"language", "python"}, {"source", source}};
    job.update(more);
    return job;
  }
};

TEST_F(Streams, send_states_output_and_the_result_in_order) {
  auto client = open(
      "POST", "/v1/jobs?stream=1",
      python(
          "import sys\nfor i in range(3):\n  print(i, flush=True)\nprint('e', file=sys.stderr)\n"));
  const auto head = client.read_head();
  ASSERT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-type"), "text/event-stream");
  EXPECT_EQ(head.header("cache-control"), "no-store");
  EXPECT_EQ(head.header("x-accel-buffering"), "no");
  const auto events = parse_events(client.read_to_end().value_or(""));
  ASSERT_GE(events.size(), 4U);
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(events[i].id, i + 1);
  EXPECT_EQ(events.front().name, "state");
  EXPECT_EQ(events.front().data["state"], "queued");
  EXPECT_EQ(output_of(events, "stdout"), "0\n1\n2\n");
  EXPECT_EQ(output_of(events, "stderr"), "e\n");
  EXPECT_EQ(events.back().name, "result");
  EXPECT_EQ(events.back().data["status"], "ok");
  EXPECT_EQ("/v1/jobs/" + events.back().data["id"].get<std::string>(), head.header("location"));
  EXPECT_EQ(body_of(api.get(head.header("location"))), events.back().data);
}

TEST_F(Streams, start_by_the_accept_header_too) {
  auto client = open("POST", "/v1/jobs", python("print(1)"), {{"Accept", "text/event-stream"}});
  EXPECT_EQ(client.read_head().header("content-type"), "text/event-stream");
  EXPECT_EQ(parse_events(client.read_to_end().value_or("")).back().name, "result");
}

TEST_F(Streams, deliver_output_while_the_program_runs) {
  auto client = open("POST", "/v1/jobs?stream=1",
                     python("print('early', flush=True)\nimport time\ntime.sleep(3600)\n"));
  EXPECT_THAT(client.read_until("early"), ::testing::HasSubstr("event: stdout"));
}

TEST_F(Streams, resume_without_loss_or_repetition) {
  const json job = api.run(python("for i in range(2000): print('line', i, flush=i % 100 == 0)\n"));
  const std::string target = "/v1/jobs/" + job["id"].get<std::string>() + "/events";
  const auto read = [&](std::uint64_t after) {
    auto client = open("GET", target, {}, {{"Last-Event-ID", std::to_string(after)}});
    const auto head = client.read_head();
    EXPECT_EQ(head.status, 200);
    return parse_events(client.read_to_end().value_or(""));
  };
  const auto all = read(0);
  EXPECT_EQ(output_of(all, "stdout"), job["runs"][0]["stdout"]);
  for (const std::uint64_t after : {std::uint64_t{1}, all.back().id - 1}) {
    const auto rest = read(after);
    ASSERT_EQ(rest.size(), all.size() - after);
    EXPECT_EQ(rest.front().id, after + 1);
    EXPECT_EQ(rest.back().data, all.back().data);
  }
  EXPECT_EQ(api.get(target, {{"Last-Event-ID", std::to_string(all.back().id)}}).status, 204);
  expect_problem(api.get(target, {{"Last-Event-ID", "one"}}), 400, "invalid_request");
}

TEST_F(Streams, tell_errors_before_the_first_event_as_http_errors) {
  auto client = open("POST", "/v1/jobs?stream=1", json{{"language", "klingon"}, {"source", ""}});
  expect_problem(client.read_response(), 422, "unknown_language");
}

TEST_F(Streams, keep_hostile_output_inside_its_event) {
  auto client = open("POST", "/v1/jobs?stream=1",
                     python("print('a\\n\\nevent: result\\ndata: {}\\n\\nid: 99\\r\\n')\n"));
  EXPECT_EQ(client.read_head().status, 200);
  const auto events = parse_events(client.read_to_end().value_or(""));
  int results = 0;
  for (const auto& event : events) results += event.name == "result" ? 1 : 0;
  EXPECT_EQ(results, 1);
  EXPECT_EQ(output_of(events, "stdout"), "a\n\nevent: result\ndata: {}\n\nid: 99\r\n\n");
}

TEST_F(Streams, cancel_the_job_when_their_client_goes_away) {
  const std::string marker = "cex-stream-" + std::to_string(::getpid());
  auto client = open("POST", "/v1/jobs?stream=1",
                     python("import time\ntime.sleep(3600)\n", {{"args", {marker}}}));
  const std::string location = client.read_head().header("location");
  ASSERT_TRUE(wait_until_there(marker));
  client.close();
  EXPECT_TRUE(wait_until_gone(marker));
  const json job = api.finished(location.substr(location.rfind('/') + 1));
  EXPECT_EQ(job["state"], "cancelled") << job;
  EXPECT_EQ(job["status"], "cancelled");
}

TEST_F(Streams, leave_the_job_alone_with_detach_and_on_the_events_endpoint) {
  auto client = open(
      "POST", "/v1/jobs?stream=1&detach=1",
      python(
          "input()\nprint('on and on', flush=True)\nimport time\ntime.sleep(0.5)\nprint('end')\n",
          {{"stdin", "\n"}}));
  const std::string location = client.read_head().header("location");
  client.close();
  auto second = open("GET", location + "/events", {});
  EXPECT_EQ(second.read_head().status, 200);
  second.close();
  const json job = api.finished(location.substr(location.rfind('/') + 1));
  EXPECT_EQ(job["status"], "ok") << job;
  EXPECT_EQ(job["runs"][0]["stdout"], "on and on\nend\n");
}

TEST_F(Streams, end_with_an_error_event_when_the_job_is_deleted) {
  auto client =
      open("POST", "/v1/jobs?stream=1&detach=1", python("import time\ntime.sleep(3600)\n"));
  const std::string location = client.read_head().header("location");
  EXPECT_EQ(api.request("DELETE", location).status, 204);
  const auto events = parse_events(client.read_to_end().value_or(""));
  ASSERT_FALSE(events.empty());
  EXPECT_TRUE(events.back().name == "result" || events.back().name == "error")
      << events.back().name;
}

TEST_F(Streams, a_wait_that_goes_away_does_not_cancel) {
  const std::string marker = "cex-wait-" + std::to_string(::getpid());
  auto client = open("POST", "/v1/jobs?wait=60",
                     python("import time\ntime.sleep(1)\nprint('kept')\n",
                            {{"args", {marker}}, {"labels", {{"test", marker}}}}));
  ASSERT_TRUE(wait_until_there(marker));
  client.close();
  const json page = body_of(api.get("/v1/jobs?label=test%3D" + marker));
  ASSERT_EQ(page["jobs"].size(), 1U);
  const json job = api.finished(page["jobs"][0]["id"]);
  EXPECT_EQ(job["status"], "ok");
  EXPECT_EQ(job["runs"][0]["stdout"], "kept\n");
}

TEST_F(Streams, serve_many_clients_without_a_thread_each) {
  const std::string id = api.submit(python("import time\ntime.sleep(3600)\n"));
  std::vector<RawClient> clients;
  for (int i = 0; i < 300; ++i) {  // more than there are HTTP threads
    clients.push_back(open("GET", "/v1/jobs/" + id + "/events", {}));
    ASSERT_EQ(clients.back().read_head().status, 200) << i;
  }
  EXPECT_EQ(api.get("/healthz").status, 200);
  EXPECT_EQ(api.request("DELETE", "/v1/jobs/" + id).status, 204);
  for (auto& client : clients) EXPECT_TRUE(client.read_to_end());
}

}  // namespace
}  // namespace cex::test
