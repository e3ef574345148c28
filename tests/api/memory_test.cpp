// SPDX-License-Identifier: Apache-2.0
// Memory limits never add up to more than there is: what does not fit waits, what never could is
// refused.
#include <fstream>
#include <thread>

#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kMiB400 = "419430400";

std::string memory_detail(const Api& api) {
  const json document = body_of(api.get("/readyz"));
  for (const auto& check : document["checks"]) {
    if (check["name"] == "memory") return check["detail"];
  }
  return "missing";
}

json sleeper(const std::string& tag) {
  return {{"language", "python"},
          {"source", "import time\ntime.sleep(3600)\n"},
          {"args", {tag}},
          {"limits", {{"memory_bytes", 400 << 20U}}}};
}

TEST(Memory, a_step_that_does_not_fit_waits_for_one_that_runs) {
  ScratchDir dir;
  DaemonProcess daemon{dir.path(),
                       {"--slots", "2"},
                       {"CODE_EXECUTOR_SANDBOX_MEMORY_BYTES=600 MiB",
                        std::string{"CODE_EXECUTOR_LIMITS_RUN_MAX_MEMORY_BYTES="} + kMiB400,
                        std::string{"CODE_EXECUTOR_LIMITS_COMPILE_MAX_MEMORY_BYTES="} + kMiB400}};
  const Api api{daemon.port()};
  if (!body_of(api.get("/v1/languages/python")).value("usable", false)) {
    GTEST_SKIP() << "python is not usable here";
  }
  const std::string tag = "cex-memory-" + std::to_string(::getpid());
  const std::string first = api.submit(sleeper(tag));
  ASSERT_TRUE(wait_until_there(tag));
  const std::string second = api.submit(sleeper(tag));
  const auto until = std::chrono::steady_clock::now() + patience(std::chrono::seconds{20});
  while (memory_detail(api).find("1 waiting") == std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), until) << memory_detail(api);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  EXPECT_THAT(memory_detail(api), HasSubstr("402 of 600 MiB"));
  EXPECT_EQ(processes_with(tag).size(), 1U);
  // A small one does not overtake it, and the slot that is free does not help: cancelling does.
  EXPECT_EQ(api.request("DELETE", "/v1/jobs/" + second).status, 204);
  EXPECT_EQ(api.run({{"language", "python"},
                     {"source", "print(1)"},
                     {"limits", {{"memory_bytes", 128 << 20U}}}})["status"],
            "ok");
  EXPECT_EQ(api.request("DELETE", "/v1/jobs/" + first).status, 204);
  EXPECT_TRUE(wait_until_gone(tag));
  EXPECT_THAT(memory_detail(api), HasSubstr("0 of 600 MiB"));
}

TEST(Memory, a_setup_that_could_not_keep_its_limits_does_not_start) {
  ScratchDir dir;
  const auto refusal = [&](const std::string& toml) {
    const std::string file = dir.path() + "/config.toml";
    std::ofstream{file} << toml;
    const auto end = run_daemon({"--config", file, "--check", "--listen", "127.0.0.1:0",
                                 "--data-dir", dir.path() + "/state"});
    EXPECT_EQ(end.exit_code, 78) << toml << end.out << end.err;
    return end.err;
  };
  EXPECT_THAT(refusal("[sandbox]\nmemory_reserve_bytes = 1000000000000000\n"),
              HasSubstr("sandbox.memory_reserve_bytes"));
  EXPECT_THAT(refusal("[sandbox]\nmemory_bytes = 1000000000000000\n"),
              HasSubstr("sandbox.memory_bytes"));
  EXPECT_THAT(refusal("[limits.run.max]\nmemory_bytes = 1000000000000000\n"),
              HasSubstr("limits.run.max.memory_bytes"));
  EXPECT_THAT(refusal("[sandbox]\nmemory_bytes = \"64 MiB\"\n"), HasSubstr("lower it"));
}

}  // namespace
}  // namespace cex::test
