// SPDX-License-Identifier: Apache-2.0
// Many open streams: what they cost the server.
#include <sys/resource.h>

#include <fstream>

#include "tests/api/socket_client.hpp"

namespace cex::test {
namespace {

constexpr std::size_t kStreams = 4000;
constexpr long kMostKib = 16 * 1024;

/// A number of /proc/PID/status.
long status_of(pid_t pid, const std::string& name) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
  }
  ADD_FAILURE() << "no " << name;
  return 0;
}

bool may_open(std::size_t files) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  if (limit.rlim_max < files) {
    limit.rlim_max = files;  // as root
  }
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

TEST(Scale, four_thousand_open_streams_cost_little_memory_and_no_threads) {
  if (!may_open(3 * kStreams)) GTEST_SKIP() << "RLIMIT_NOFILE is too low";
  ScratchDir dir;
  DaemonProcess daemon{
      dir.path(),
      {},
      {"CODE_EXECUTOR_SERVER_MAX_STREAMS=4100", "CODE_EXECUTOR_LIMITS_RUN_MAX_WALL_MS=600000",
       "CODE_EXECUTOR_WARM_UP_MODE=off"}};
  const Api api{daemon.port()};
  if (!body_of(api.get("/v1/languages/python")).value("usable", false)) GTEST_SKIP() << "no python";
  const std::string id =
      api.submit({{"language", "python"}, {"source", "print(input())"}, {"interactive", true}});
  SocketClient speaker{api, id, "?detach=1"};

  std::vector<SocketClient> talkers;
  std::vector<RawClient> followers;
  const auto open = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (i % 2 == 0) {
        talkers.emplace_back(api, id, "?detach=1");
        ASSERT_EQ(talkers.back().answer().status, 101) << i << talkers.back().answer().body;
      } else {
        followers.push_back(api.connect());
        followers.back().send(render_request("GET", "/v1/jobs/" + id + "/events", {}, {}));
        ASSERT_EQ(followers.back().read_head().status, 200) << i;
      }
    }
  };
  // What the server takes once, it has taken before the first look.
  open(50);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(api.get("/readyz").status, 200);
  const long before = status_of(daemon.pid(), "VmRSS");
  const long threads_before = status_of(daemon.pid(), "Threads");
  open(kStreams);
  const long grown = status_of(daemon.pid(), "VmRSS") - before;
  const long threads = status_of(daemon.pid(), "Threads") - threads_before;
  RecordProperty("rss_growth_kib", static_cast<int>(grown));
  std::printf("%zu streams: %ld KiB of memory, %ld threads more\n", kStreams, grown, threads);
  EXPECT_LT(grown, kMostKib);
  EXPECT_LT(threads, 20) << "a few of the pool's, none for each";
  EXPECT_EQ(api.get("/healthz").status, 200);

  // They are alive, every one.
  speaker.type("to all of you\n");
  for (auto& talker : talkers) EXPECT_EQ(talker.until("result")["job"]["status"], "ok");
  for (auto& follower : followers) {
    EXPECT_THAT(follower.read_to_end().value_or(""), ::testing::HasSubstr("to all of you"));
  }
}

TEST(Scale, the_streams_are_bounded_and_say_so) {
  ScratchDir dir;
  DaemonProcess daemon{
      dir.path(), {}, {"CODE_EXECUTOR_SERVER_MAX_STREAMS=2", "CODE_EXECUTOR_WARM_UP_MODE=off"}};
  const Api api{daemon.port()};
  if (!body_of(api.get("/v1/languages/python")).value("usable", false)) GTEST_SKIP() << "no python";
  const std::string id =
      api.submit({{"language", "python"}, {"source", "input()"}, {"interactive", true}});
  SocketClient first{api, id};
  SocketClient second{api, id};
  EXPECT_EQ(second.answer().status, 101);
  expect_problem(SocketClient(api, id).answer(), 429, "rate_limited");
  expect_problem(api.get("/v1/jobs/" + id + "/events"), 429, "rate_limited");
}

}  // namespace
}  // namespace cex::test
