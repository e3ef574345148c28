// SPDX-License-Identifier: Apache-2.0
#include "tests/api/api_fixture.hpp"

#include <memory>
#include <thread>

namespace cex::test {
namespace {

constexpr std::chrono::milliseconds kJobPatience{120'000};

struct Shared {
  ScratchDir dir;
  DaemonProcess daemon{dir.path(), {"--slots", "2"}};
};

std::unique_ptr<Shared> g_shared;

class StopShared : public ::testing::Environment {
 public:
  void TearDown() override {
    if (!g_shared) return;
    g_shared->daemon.signal(SIGTERM);
    EXPECT_EQ(g_shared->daemon.wait_for_exit(), 0) << g_shared->daemon.log_text();
    g_shared.reset();
  }
};

const auto* const g_environment = ::testing::AddGlobalTestEnvironment(new StopShared);

}  // namespace

std::string render_request(const std::string& method, const std::string& target,
                           const std::optional<std::string>& body, const Headers& headers) {
  std::string text =
      method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  bool typed = false;
  for (const auto& [name, value] : headers) {
    text += name + ": " + value + "\r\n";
    typed = typed || name == "Content-Type";
  }
  if (body && !typed) text += "Content-Type: application/json\r\n";
  if (body) text += "Content-Length: " + std::to_string(body->size()) + "\r\n";
  return text + "\r\n" + body.value_or("");
}

HttpResponse Api::request(const std::string& method, const std::string& target,
                          const std::optional<std::string>& body, const Headers& headers) const {
  RawClient client = connect();
  client.send(render_request(method, target, body, headers));
  return client.read_response(method == "HEAD");
}

std::string Api::submit(const json& job) const {
  const auto response = post_job(job);
  EXPECT_EQ(response.status, 202) << response.body;
  return body_of(response).value("id", "");
}

json Api::finished(const std::string& id) const {
  const auto deadline = std::chrono::steady_clock::now() + patience(kJobPatience);
  while (true) {
    const auto response = get("/v1/jobs/" + id);
    const json job = body_of(response);
    if (response.status != 200 || job["state"] == "finished" || job["state"] == "cancelled")
      return job;
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << "the job did not end: " << job;
      return job;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

json Api::run(const json& job) const {
  const auto response = post_job(job, "?wait=60");
  json object = body_of(response);
  if (response.status == 202) return finished(object.value("id", ""));
  EXPECT_EQ(response.status, 200) << response.body;
  return object;
}

json body_of(const HttpResponse& response) {
  json body = json::parse(response.body, nullptr, false);
  if (!body.is_discarded()) return body;
  ADD_FAILURE() << "no JSON (status " << response.status << "): " << response.body.substr(0, 500);
  return nullptr;
}

void expect_problem(const HttpResponse& response, int status, const std::string& code) {
  EXPECT_EQ(response.status, status) << response.body;
  EXPECT_EQ(response.header("content-type"), "application/problem+json");
  const json problem = body_of(response);
  if (!problem.is_object()) return;
  EXPECT_EQ(problem["code"], code) << response.body;
  EXPECT_EQ(problem["status"], status);
  EXPECT_EQ(problem["request_id"], response.header("x-request-id"));
  for (const char* field : {"type", "title", "detail"}) EXPECT_TRUE(problem[field].is_string());
  EXPECT_TRUE(problem["errors"].is_array());
}

bool comes_true(const std::function<bool()>& what) {
  const auto deadline =
      std::chrono::steady_clock::now() + patience(std::chrono::milliseconds{60'000});
  while (!what()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return true;
}

long scaled_ms(long milliseconds) {
  return patience(std::chrono::milliseconds{milliseconds}).count();
}

DaemonProcess& shared_daemon() {
  if (!g_shared) g_shared = std::make_unique<Shared>();
  return g_shared->daemon;
}

json ApiTest::language(const std::string& id) {
  const auto response = api.get("/v1/languages/" + id);
  const json found = body_of(response);
  if (response.status != 200) return {{"usable", false}, {"reason", "no such language"}};
  return found;
}

}  // namespace cex::test
