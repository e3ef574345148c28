// SPDX-License-Identifier: Apache-2.0
// Idempotency keys, batches, priorities, queue deadlines, and what Prometheus is told of them.
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

using ::testing::HasSubstr;

json python(const std::string& source, const json& more = json::object()) {
  json job{{"language", "python"}, {"source", source}};
  job.update(more);
  return job;
}

class Submitting : public ApiTest {
 protected:
  void SetUp() override {
    if (!language("python").value("usable", false)) GTEST_SKIP() << "python is not usable here";
  }
  HttpResponse post(const std::string& path, const json& body, const std::string& key) const {
    return api.request("POST", path, body.dump(), {{"Idempotency-Key", key}});
  }
  static std::string fresh(const std::string& name) {
    static int count = 0;
    return name + "-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  }
};

TEST_F(Submitting, the_same_key_and_body_is_the_same_job) {
  const std::string key = fresh("same");
  const auto first = post("/v1/jobs", python("print(1)"), key);
  ASSERT_EQ(first.status, 202) << first.body;
  EXPECT_EQ(first.header("idempotency-replayed"), "");
  const auto second = post("/v1/jobs?wait=60", python("print(1)"), key);
  EXPECT_EQ(body_of(second)["id"], body_of(first)["id"]);
  expect_problem(post("/v1/jobs", python("print(2)"), key), 409, "idempotency_conflict");
  EXPECT_NE(body_of(post("/v1/jobs", python("print(1)"), fresh("other")))["id"],
            body_of(first)["id"]);
}

TEST_F(Submitting, a_key_sent_by_many_at_once_makes_one_job) {
  const std::string key = fresh("race");
  std::vector<std::string> ids(8);
  std::vector<std::thread> clients;
  for (auto& id : ids) {
    clients.emplace_back([&] { id = body_of(post("/v1/jobs", python("print(3)"), key))["id"]; });
  }
  for (auto& client : clients) client.join();
  for (const auto& id : ids) EXPECT_EQ(id, ids.front());
}

TEST_F(Submitting, a_batch_is_taken_whole) {
  const json batch{{"jobs", {python("print('a')"), python("print('b')")}}};
  const std::string key = fresh("batch");
  const auto response = post("/v1/jobs/batch", batch, key);
  ASSERT_EQ(response.status, 202) << response.body;
  const json jobs = body_of(response)["jobs"];
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(api.finished(jobs[0]["id"])["runs"][0]["stdout"], "a\n");
  EXPECT_EQ(api.finished(jobs[1]["id"])["runs"][0]["stdout"], "b\n");
  const auto again = post("/v1/jobs/batch", batch, key);
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(body_of(again)["jobs"][1]["id"], jobs[1]["id"]);
}

TEST_F(Submitting, a_batch_with_one_bad_job_is_refused_whole) {
  const std::string label = fresh("whole");
  const json good = python("print('a')", {{"labels", {{"batch", label}}}});
  const auto typo = api.request("POST", "/v1/jobs/batch",
                                json{{"jobs", {good, python("", {{"sauce", 1}})}}}.dump());
  expect_problem(typo, 400, "invalid_request");
  EXPECT_EQ(body_of(typo)["errors"][0]["pointer"], "/jobs/1/sauce");
  const auto unknown = api.request(
      "POST", "/v1/jobs/batch",
      json{{"jobs", {good, {{"language", "no-such"}, {"source", ""}}}}}.dump());
  expect_problem(unknown, 422, "unknown_language");
  const auto high = api.request(
      "POST", "/v1/jobs/batch",
      json{{"jobs", {good, python("", {{"limits", {{"wall_ms", 9000000}}}})}}}.dump());
  expect_problem(high, 422, "limit_too_high");
  EXPECT_EQ(body_of(high)["errors"][0]["pointer"], "/jobs/1/limits/wall_ms");
  for (const json& bad : {json{{"jobs", json::array()}}, json::object(), json{{"jobs", good}},
                          json{{"jobs", json::array({1})}}}) {
    expect_problem(api.request("POST", "/v1/jobs/batch", bad.dump()), 400, "invalid_request");
  }
  json many{{"jobs", json::array()}};
  for (int i = 0; i < 101; ++i) many["jobs"].push_back(good);
  expect_problem(api.request("POST", "/v1/jobs/batch", many.dump()), 400, "invalid_request");
  EXPECT_TRUE(body_of(api.get("/v1/jobs?label=batch%3D" + label))["jobs"].empty());
}

TEST_F(Submitting, priorities_order_what_waits) {
  ScratchDir dir;
  DaemonProcess own{dir.path(), {"--slots", "1"}, {}};
  const Api one{own.port()};
  const std::string blocker = one.submit(python("import time\ntime.sleep(2)"));
  while (body_of(one.get("/v1/jobs/" + blocker))["state"] != "running") {
  }
  const std::string low = one.submit(python("", {{"priority", 1}}));
  const std::string usual = one.submit(python(""));
  const std::string high = one.submit(python("", {{"priority", 9}}));
  const auto started = [&](const std::string& id) {
    return one.finished(id)["started_at"].get<std::string>();
  };
  EXPECT_LE(started(high), started(usual));
  EXPECT_LE(started(usual), started(low));
}

TEST_F(Submitting, a_job_that_waits_too_long_is_cancelled_and_says_so) {
  ScratchDir dir;
  DaemonProcess own{dir.path(), {"--slots", "1"}, {}};
  const Api one{own.port()};
  const std::string blocker = one.submit(python("import time\ntime.sleep(600)",
                                                {{"limits", {{"wall_ms", 60000}}}}));
  while (body_of(one.get("/v1/jobs/" + blocker))["state"] != "running") {
  }
  const json late = one.finished(one.submit(python("", {{"max_queue_ms", 100}})));
  EXPECT_EQ(late["state"], "cancelled");
  EXPECT_THAT(late["message"].get<std::string>(), HasSubstr("waited longer"));
  EXPECT_EQ(one.request("DELETE", "/v1/jobs/" + blocker).status, 204);
}

TEST_F(Submitting, prometheus_is_told) {
  static_cast<void>(api.run(python("raise SystemExit(3)")));
  const auto response = api.get("/metrics");
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.body,
              HasSubstr("cex_jobs_total{language=\"python\",status=\"runtime_error\"}"));
  EXPECT_THAT(response.body, HasSubstr("cex_http_requests_total{code=\"202\",method=\"POST\","
                                       "route=\"/v1/jobs\"}"));
  const std::string file = testing::TempDir() + "/metrics.txt";
  std::ofstream{file} << response.body;
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "promtool is not here";
  EXPECT_EQ(std::system(("promtool check metrics <" + file).c_str()), 0);
}

}  // namespace
}  // namespace cex::test
