// SPDX-License-Identifier: Apache-2.0
// The tests of one job run side by side where slots are free, and nobody can tell from the result.
#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

class ParallelTests : public ApiTest {
 protected:
  void SetUp() override {
    if (!language("python").value("usable", false)) GTEST_SKIP() << "python is not usable here";
  }
};

TEST_F(ParallelTests, run_at_the_same_time) {
  const std::string tag = "cex-parallel-" + std::to_string(::getpid());
  const std::string id =
      api.submit({{"language", "python"},
                  {"source", "import time\ntime.sleep(3600)\n"},
                  {"tests", {{{"args", {tag + "-one"}}}, {{"args", {tag + "-two"}}}}}});
  EXPECT_TRUE(wait_until_there(tag + "-one"));
  EXPECT_TRUE(wait_until_there(tag + "-two")) << "it waits for the first one, which does not end";
  EXPECT_EQ(api.request("DELETE", "/v1/jobs/" + id).status, 204);
  EXPECT_TRUE(wait_until_gone(tag));
}

TEST_F(ParallelTests, keep_their_order_their_input_and_their_own_limits) {
  json tests = json::array();
  for (int i = 0; i < 12; ++i) {
    tests.push_back({{"name", "t" + std::to_string(i)},
                     {"stdin", std::to_string(i)},
                     {"expected_stdout", i == 7 ? "wrong" : std::to_string(i * i)}});
  }
  tests[3]["limits"] = {{"output_bytes", 1}};
  tests[5]["stdin"] = "oops";
  // The earlier ones take longer, so that the later ones end first.
  const json job{{"language", "python"},
                 {"source",
                  "import time\nn = int(input())\ntime.sleep((12 - n) / 100)\n"
                  "print(n * n, end='')\n"},
                 {"limits", {{"output_bytes", 4096}}},
                 {"tests", tests}};
  const json result = api.run(job);
  ASSERT_EQ(result["runs"].size(), 12U) << result;
  for (std::size_t i = 0; i < 12; ++i) {
    const json& run = result["runs"][i];
    EXPECT_EQ(run["name"], "t" + std::to_string(i));
    if (i == 3) {
      EXPECT_EQ(run["status"], "ok") << run;  // "9": one byte fits
    } else if (i == 5) {
      EXPECT_EQ(run["status"], "runtime_error") << run;
    } else {
      EXPECT_EQ(run["stdout"], std::to_string(i * i));
      EXPECT_EQ(run["verdict"], i == 7 ? "wrong_answer" : "accepted") << run;
    }
  }
  json limited = job;
  limited["tests"][4]["limits"] = {{"output_bytes", 1}};  // "16" does not
  const json again = api.run(limited);
  ASSERT_EQ(again["runs"].size(), 12U);
  EXPECT_EQ(again["runs"][4]["status"], "output_limit");
  EXPECT_EQ(again["runs"][6]["status"], "ok");
}

TEST_F(ParallelTests, stop_at_the_first_failure_where_that_is_wanted) {
  const json result = api.run({{"language", "python"},
                               {"source", "import sys\nsys.exit(int(input()))\n"},
                               {"stop_on_failure", true},
                               {"tests", {{{"stdin", "0"}}, {{"stdin", "3"}}, {{"stdin", "0"}}}}});
  ASSERT_EQ(result["runs"].size(), 2U) << result;
  EXPECT_EQ(result["runs"][1]["exit_code"], 3);
}

TEST_F(ParallelTests, write_their_events_under_their_own_number) {
  json tests = json::array();
  for (int i = 0; i < 6; ++i) tests.push_back({{"stdin", std::to_string(i)}});
  const std::string id = api.submit(
      {{"language", "python"}, {"source", "print('run ' + input())\n"}, {"tests", tests}});
  const json result = api.finished(id);
  const std::string events = api.get("/v1/jobs/" + id + "/events").body;
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(result["runs"][static_cast<std::size_t>(i)]["stdout"],
              "run " + std::to_string(i) + "\n");
    const std::size_t at = events.find("run " + std::to_string(i));
    ASSERT_NE(at, std::string::npos) << events;
    const std::size_t line = events.rfind('\n', at) + 1;
    EXPECT_NE(
        events.substr(line, events.find('\n', at) - line).find("\"run\":" + std::to_string(i)),
        std::string::npos)
        << events;
  }
}

}  // namespace
}  // namespace cex::test
