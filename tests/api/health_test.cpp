// SPDX-License-Identifier: Apache-2.0
// What health answers while everything else is busy.
#include <chrono>
#include <cstdint>
#include <thread>

#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

using ::testing::HasSubstr;

json check_named(const json& document, const std::string& name) {
  for (const auto& check : document["checks"]) {
    if (check["name"] == name) return check;
  }
  return json::object();
}

std::uint16_t port_of(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

TEST(HealthDoor, answers_while_slow_clients_hold_every_thread_of_the_other) {
  ScratchDir dir;
  DaemonProcess daemon{
      dir.path(),
      {"--slots", "1"},
      {"CODE_EXECUTOR_SERVER_HEALTH_LISTEN=127.0.0.1:0", "CODE_EXECUTOR_SERVER_MAX_CONNECTIONS=4",
       "CODE_EXECUTOR_SERVER_HEADER_TIMEOUT_MS=600000"}};
  const auto lines = daemon.log_lines("listening for health");
  ASSERT_EQ(lines.size(), 1U);
  const Api door{port_of(lines.front()["address"])};
  std::vector<RawClient> slow;
  for (int i = 0; i < 8; ++i) {
    slow.push_back(Api{daemon.port()}.connect());
    slow.back().send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n");
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(door.get("/healthz").status, 200);
    EXPECT_EQ(door.get("/readyz").status, 200);
  }
  // And it does nothing else.
  expect_problem(door.get("/v1/languages"), 404, "not_found");
  expect_problem(door.post_job({{"language", "python"}, {"source", ""}}), 404, "not_found");
  for (auto& client : slow) client.close();
}

TEST(HealthDoor, readiness_tells_what_holds_and_does_not_wait_for_slots) {
  ScratchDir dir;
  DaemonProcess daemon{
      dir.path(),
      {"--slots", "1"},
      {"CODE_EXECUTOR_SANDBOX_SPARE_SLOTS=0", "CODE_EXECUTOR_SANDBOX_SELF_TEST_INTERVAL_S=1"}};
  const Api api{daemon.port()};
  const json document = body_of(api.get("/readyz"));
  EXPECT_THAT(check_named(document, "sandbox")["detail"].get<std::string>(),
              HasSubstr("a job ran and held"));
  EXPECT_EQ(check_named(document, "sandbox")["state"], "ok");
  EXPECT_THAT(check_named(document, "user ids")["state"].get<std::string>(),
              ::testing::AnyOf("ok", "degraded"));
  EXPECT_TRUE(check_named(document, "host").contains("detail"));
  EXPECT_TRUE(check_named(document, "memory").contains("detail"));
  if (!body_of(api.get("/v1/languages/python")).value("usable", false)) {
    GTEST_SKIP() << "python is not usable here";
  }
  // The only slot is taken for as long as we like; nobody who asks waits for it.
  const std::string tag = "cex-health-" + std::to_string(::getpid());
  const std::string id = api.submit({{"language", "python"},
                                     {"source", "import time\ntime.sleep(3600)\n"},
                                     {"args", {tag}},
                                     {"limits", {{"wall_ms", 60'000}}}});
  ASSERT_TRUE(wait_until_there(tag));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(api.get("/readyz").status, 200);
  // Self-tests go on asking for it in vain meanwhile; the job is still the one that was there.
  std::this_thread::sleep_for(std::chrono::milliseconds{2'500});
  EXPECT_EQ(api.get("/readyz").status, 200);
  EXPECT_EQ(processes_with(tag).size(), 1U);
  EXPECT_EQ(api.request("DELETE", "/v1/jobs/" + id).status, 204);
  EXPECT_TRUE(wait_until_gone(tag));
}

}  // namespace
}  // namespace cex::test
