// SPDX-License-Identifier: Apache-2.0
// docs/reliability.md, "What every process ends with": whatever a job is doing and however it comes
// to its end, no process of it is left.
#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include "tests/api/socket_client.hpp"

namespace cex::test {
namespace {

enum class Work { compile, run, interactive };
enum class End { cancel, disconnect, time_out, shutdown, crash };

const char* name_of(Work work) {
  switch (work) {
    case Work::compile:
      return "compile";
    case Work::run:
      return "run";
    case Work::interactive:
      return "interactive";
  }
  return "";
}

const char* name_of(End end) {
  switch (end) {
    case End::cancel:
      return "cancel";
    case End::disconnect:
      return "disconnect";
    case End::time_out:
      return "time_out";
    case End::shutdown:
      return "shutdown";
    case End::crash:
      return "crash";
  }
  return "";
}

// Children in sessions of their own, whose parents are gone, and that no polite signal ends.
const char* const kClinging = R"(
import os, signal, sys, time
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: time.sleep(3600)
        os._exit(0)
print('up', flush=True)
time.sleep(3600)
)";

class Endings : public ::testing::TestWithParam<std::tuple<Work, End>> {
 protected:
  Work work() const { return std::get<0>(GetParam()); }
  End end() const { return std::get<1>(GetParam()); }

  void SetUp() override {
    daemon_ = std::make_unique<DaemonProcess>(
        dir_.path(), std::vector<std::string>{"--slots", "2"},
        std::vector<std::string>{"CODE_EXECUTOR_WARM_UP_MODE=off",
                                 "CODE_EXECUTOR_SERVER_DRAIN_TIMEOUT_MS=100"});
    api_.emplace(daemon_->port());
    const std::string language = work() == Work::compile ? "c" : "python";
    if (!body_of(api_->get("/v1/languages/" + language)).value("usable", false)) {
      GTEST_SKIP() << language << " is not usable here";
    }
    marker_ = std::string{"cex-end-"} + name_of(work()) + "-" + name_of(end()) + "-" +
              std::to_string(::getpid());
  }

  json job() const {
    json limits = json::object();
    if (end() == End::time_out) limits["wall_ms"] = scaled_ms(1500);
    if (work() == Work::compile) {
      // Includes itself until somebody ends the compiler.
      const std::string file = marker_ + ".c";
      const std::string include = "#include \"" + file + "\"\n";
      const std::string source = "#if __INCLUDE_LEVEL__ < 150\n" + include + include + "#endif\n";
      return {{"language", "c"},
              {"files", {{{"path", file}, {"content", source}}}},
              {"compile", {{"limits", limits}}}};
    }
    json made{
        {"language", "python"}, {"source", kClinging}, {"args", {marker_}}, {"limits", limits}};
    if (work() == Work::interactive) made["interactive"] = {{"pty", true}};
    return made;
  }

  /// Somebody holds the job's connection; it is let go of with `hold`.
  std::string begin(std::function<void()>& hang_up) {
    if (work() == Work::interactive) {
      const std::string id = api_->submit(job());
      auto client = std::make_shared<SocketClient>(*api_, id);
      EXPECT_EQ(client->answer().status, 101);
      hang_up = [client] { client->close(); };
      return id;
    }
    auto client = std::make_shared<RawClient>(api_->connect());
    client->send(render_request("POST", "/v1/jobs?stream=1", job().dump(), {}));
    const std::string location = client->read_head().header("location");
    hang_up = [client] { client->close(); };
    return location.substr(location.rfind('/') + 1);
  }

  ScratchDir dir_;
  std::unique_ptr<DaemonProcess> daemon_;
  std::optional<Api> api_;
  std::string marker_;
};

TEST_P(Endings, leave_no_process) {
  std::function<void()> hang_up;
  const std::string id = begin(hang_up);
  ASSERT_TRUE(wait_until_there(marker_));
  switch (end()) {
    case End::cancel:
      EXPECT_EQ(api_->request("DELETE", "/v1/jobs/" + id).status, 204);
      EXPECT_TRUE(processes_with(marker_).empty()) << "every process is gone before the answer";
      break;
    case End::disconnect:
      hang_up();
      EXPECT_TRUE(wait_until_gone(marker_));
      EXPECT_EQ(api_->finished(id)["state"], "cancelled");
      break;
    case End::time_out:
      EXPECT_TRUE(wait_until_gone(marker_));
      EXPECT_EQ(api_->finished(id)["status"], "time_limit");
      break;
    case End::shutdown:
      daemon_->signal(SIGTERM);
      EXPECT_EQ(daemon_->wait_for_exit(), 0);
      EXPECT_TRUE(processes_with(marker_).empty());
      break;
    case End::crash:
      daemon_->signal(SIGKILL);
      EXPECT_TRUE(daemon_->wait_for_exit());
      EXPECT_TRUE(wait_until_gone(marker_));
      break;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Endings,
    ::testing::Combine(::testing::Values(Work::compile, Work::run, Work::interactive),
                       ::testing::Values(End::cancel, End::disconnect, End::time_out, End::shutdown,
                                         End::crash)),
    [](const auto& info) {
      return std::string{name_of(std::get<0>(info.param))} + "_" + name_of(std::get<1>(info.param));
    });

// ------------------------------------------------------------------ the server's own processes

/// pid and moment of birth, for numbers are used again.
using Process = std::pair<pid_t, std::string>;

std::optional<Process> look_at(pid_t pid, pid_t* parent = nullptr) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
  std::string text;
  std::getline(file, text);
  const auto end = text.rfind(')');
  if (end == std::string::npos) return std::nullopt;
  std::istringstream fields{text.substr(end + 2)};
  std::string field;
  std::string birth;
  for (int i = 0; fields >> field; ++i) {
    if (i == 0 && field == "Z") return std::nullopt;
    if (i == 1 && parent != nullptr) *parent = std::stoi(field);
    if (i == 19) birth = field;
  }
  return Process{pid, birth};
}

std::set<Process> descendants_of(pid_t ancestor) {
  std::set<Process> found;
  for (const pid_t pid : processes_with("")) {
    if (child_towards(ancestor, pid) < 0) continue;
    if (const auto process = look_at(pid)) found.insert(*process);
  }
  return found;
}

class OwnProcesses : public ::testing::TestWithParam<int> {};

TEST_P(OwnProcesses, end_with_the_server) {
  ScratchDir dir;
  // With all that is made and started ahead.
  DaemonProcess daemon{dir.path(), {"--slots", "2"}};
  const Api api{daemon.port()};
  if (body_of(api.get("/v1/languages/python")).value("usable", false)) {
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(api.run({{"language", "python"}, {"source", "print(1)"}})["status"], "ok");
    }
  }
  std::set<Process> all;
  for (int i = 0; i < 20; ++i) {  // layers and preboots come and go meanwhile
    all.merge(descendants_of(daemon.pid()));
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  EXPECT_GE(all.size(), 5U) << "launchers, slots and cells at least";
  daemon.signal(GetParam());
  ASSERT_TRUE(daemon.wait_for_exit());
  const auto left = [&] {
    std::set<Process> alive;
    for (const Process& process : all) {
      if (look_at(process.first) == process) alive.insert(process);
    }
    return alive.size();
  };
  const auto deadline = std::chrono::steady_clock::now() + patience(std::chrono::seconds{30});
  while (left() > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  EXPECT_EQ(left(), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, OwnProcesses, ::testing::Values(SIGTERM, SIGKILL),
                         [](const auto& info) { return info.param == SIGTERM ? "term" : "kill"; });

// ------------------------------------------------------------------ what clients hear of it

TEST(LastWords, after_the_first_event_a_stream_ends_with_one_result_or_one_error) {
  ScratchDir dir;
  DaemonProcess daemon{dir.path(), {}, {"CODE_EXECUTOR_SERVER_DRAIN_TIMEOUT_MS=100"}};
  const Api api{daemon.port()};
  if (!body_of(api.get("/v1/languages/python")).value("usable", false)) GTEST_SKIP() << "no python";
  const json job{{"language", "python"},
                 {"source", "import time\nprint('up', flush=True)\ntime.sleep(3600)"}};
  std::vector<RawClient> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(api.connect());
    clients.back().send(render_request("POST", "/v1/jobs?stream=1&detach=1", job.dump(), {}));
    const auto head = clients.back().read_head();
    EXPECT_EQ(head.status, 200);
    if (i == 0) EXPECT_EQ(api.request("DELETE", head.header("location")).status, 204);
  }
  const auto ends_of = [](RawClient& client) {
    const std::string all = client.read_to_end().value_or("");
    int ends = 0;
    for (const std::string_view word : {"event: result\n", "event: error\n"}) {
      for (auto at = all.find(word); at != std::string::npos; at = all.find(word, at + 1)) ++ends;
    }
    return ends;
  };
  EXPECT_EQ(ends_of(clients[0]), 1) << "deleted";
  daemon.signal(SIGTERM);
  for (std::size_t i = 1; i < clients.size(); ++i) EXPECT_EQ(ends_of(clients[i]), 1) << i;
  EXPECT_EQ(daemon.wait_for_exit(), 0);
}

}  // namespace
}  // namespace cex::test
