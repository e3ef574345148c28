// SPDX-License-Identifier: Apache-2.0
// Start, stop and sudden death of the daemon, and many clients at once.
#include <signal.h>

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

const std::string kSleep = "import time\ntime.sleep(3600)\n";

class Lifecycle : public ::testing::Test {
 protected:
  std::unique_ptr<DaemonProcess> start(const std::vector<std::string>& arguments = {"--slots", "2"},
                                       const std::vector<std::string>& environment = {}) {
    return std::make_unique<DaemonProcess>(dir_.path(), arguments, environment);
  }
  std::string marker(const std::string& name) const {
    return "cex-life-" + name + "-" + std::to_string(::getpid());
  }
  static bool has_python(const Api& api) {
    return body_of(api.get("/v1/languages/python")).value("usable", false);
  }
  static RawClient post(const Api& api, const json& job, const std::string& query) {
    RawClient client = api.connect();
    client.send(render_request("POST", "/v1/jobs" + query, job.dump(), {}));
    return client;
  }

  ScratchDir dir_;
};

TEST_F(Lifecycle, serves_two_hundred_requests_at_once_on_two_slots) {
  auto daemon = start();
  const Api api{daemon->port()};
  if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
  constexpr int kClients = 200;
  std::vector<RawClient> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(post(api, python("print(" + std::to_string(i) + ")"), "?wait=60"));
  }
  EXPECT_EQ(api.get("/healthz").status, 200);
  for (int i = 0; i < kClients; ++i) {
    const auto response = clients[static_cast<std::size_t>(i)].read_response();
    json job = body_of(response);
    if (response.status == 202) job = api.finished(job["id"]);  // a slow machine
    EXPECT_EQ(job["status"], "ok") << response.body;
    EXPECT_EQ(job["runs"][0]["stdout"], std::to_string(i) + "\n");
  }
}

TEST_F(Lifecycle, a_full_queue_is_told_with_a_retry_time) {
  auto daemon = start({"--slots", "1"}, {"CODE_EXECUTOR_QUEUE_MAX_JOBS=2"});
  const Api api{daemon->port()};
  if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
  HttpResponse last;
  for (int i = 0; i < 10 && last.status != 429; ++i) last = api.post_job(python(kSleep));
  expect_problem(last, 429, "queue_full");
  EXPECT_NE(last.header("retry-after"), "");
}

TEST_F(Lifecycle, drains_on_sigterm_and_finishes_what_runs) {
  auto daemon = start();
  const Api api{daemon->port()};
  if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
  const std::string tag = marker("drain");
  auto waiting =
      post(api, python("import time\ntime.sleep(2)\nprint('finished')\n", {{"args", {tag}}}),
           "?wait=60");
  ASSERT_TRUE(wait_until_there(tag));
  daemon->signal(SIGTERM);
  ASSERT_TRUE(daemon->wait_for_line("draining", "level", "info"));
  expect_problem(api.post_job(python("")), 503, "draining");
  const auto ready = api.get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(body_of(ready)["ready"], false);
  EXPECT_EQ(api.get("/healthz").status, 200);
  const auto response = waiting.read_response();
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(body_of(response)["runs"][0]["stdout"], "finished\n");
  waiting.close();
  EXPECT_EQ(daemon->wait_for_exit(), 0) << daemon->log_text();
}

TEST_F(Lifecycle, leaves_to_the_next_start_what_the_grace_time_cuts_off) {
  auto daemon = start({"--slots", "2"}, {"CODE_EXECUTOR_SERVER_DRAIN_TIMEOUT_MS=100"});
  const Api api{daemon->port()};
  if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
  const std::string tag = marker("grace");
  auto waiting = post(api, python(kSleep, {{"args", {tag}}}), "?wait=60");
  ASSERT_TRUE(wait_until_there(tag));
  daemon->signal(SIGTERM);
  const auto response = waiting.read_response();
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(body_of(response)["state"], "queued") << response.body;
  waiting.close();
  EXPECT_EQ(daemon->wait_for_exit(), 0) << daemon->log_text();
  EXPECT_TRUE(processes_with(tag).empty());
  daemon = start();
  ASSERT_TRUE(wait_until_there(tag));
  const std::string id = body_of(response)["id"];
  EXPECT_EQ(Api{daemon->port()}.request("DELETE", "/v1/jobs/" + id).status, 204);
  EXPECT_TRUE(processes_with(tag).empty());
}

TEST_F(Lifecycle, a_store_in_memory_cancels_what_the_grace_time_cuts_off) {
  auto daemon = start({"--slots", "1"}, {"CODE_EXECUTOR_SERVER_DRAIN_TIMEOUT_MS=100",
                                         "CODE_EXECUTOR_QUEUE_BACKEND=memory"});
  const Api api{daemon->port()};
  if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
  const std::string tag = marker("memory");
  auto running = post(api, python(kSleep, {{"args", {tag}}}), "?wait=60");
  ASSERT_TRUE(wait_until_there(tag));
  auto queued = post(api, python(kSleep), "?wait=60");
  while (body_of(api.get("/readyz"))["jobs"]["queued"] != 1) {
  }
  daemon->signal(SIGTERM);
  for (RawClient* client : {&running, &queued}) {
    EXPECT_EQ(body_of(client->read_response())["state"], "cancelled");
    client->close();
  }
  EXPECT_EQ(daemon->wait_for_exit(), 0) << daemon->log_text();
}

TEST_F(Lifecycle, accepted_jobs_survive_the_death_of_the_server) {
  auto daemon = start({"--slots", "1"});
  std::vector<std::string> ids;
  std::string ended;
  const std::string tag = marker("durable");
  {
    const Api api{daemon->port()};
    if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
    ended = api.run(python("print('kept')"))["id"];
    ids.push_back(
        api.submit(python("import time\ntime.sleep(2)\nprint('ran')", {{"args", {tag}}})));
    for (int i = 0; i < 5; ++i) ids.push_back(api.submit(python("print('ran')")));
    ASSERT_TRUE(wait_until_there(tag));
  }
  daemon->signal(SIGKILL);
  EXPECT_EQ(daemon->wait_for_exit(), 128 + SIGKILL);
  daemon = start({"--slots", "1"});
  const Api api{daemon->port()};
  EXPECT_EQ(body_of(api.get("/v1/jobs/" + ended))["runs"][0]["stdout"], "kept\n");
  for (const std::string& id : ids) {
    const json job = api.finished(id);
    EXPECT_EQ(job["status"], "ok") << job;
    EXPECT_EQ(job["runs"][0]["stdout"], "ran\n");
  }
}

TEST_F(Lifecycle, cuts_off_at_once_on_the_second_signal) {
  auto daemon = start({"--slots", "1"}, {"CODE_EXECUTOR_SERVER_DRAIN_TIMEOUT_MS=3600000"});
  const Api api{daemon->port()};
  if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
  const std::string tag = marker("second");
  auto running = post(api, python(kSleep, {{"args", {tag}}}), "?wait=60");
  ASSERT_TRUE(wait_until_there(tag));
  auto queued = post(api, python(kSleep), "?wait=60");
  while (body_of(api.get("/readyz"))["jobs"]["queued"] != 1) {
  }
  daemon->signal(SIGINT);
  ASSERT_TRUE(daemon->wait_for_line("draining", "level", "info"));
  daemon->signal(SIGINT);
  for (RawClient* client : {&running, &queued}) {
    const auto response = client->read_response();
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(body_of(response)["state"], "queued") << response.body;
    client->close();
  }
  EXPECT_EQ(daemon->wait_for_exit(), 0) << daemon->log_text();
  EXPECT_TRUE(processes_with(tag).empty());
}

TEST_F(Lifecycle, goes_on_after_sighup) {
  auto daemon = start();
  daemon->signal(SIGHUP);
  EXPECT_TRUE(daemon->wait_for_line("configuration reloaded", "changed", ""));
  EXPECT_EQ(Api{daemon->port()}.get("/healthz").status, 200);
}

// It may be the job that brings its servers down.
TEST_F(Lifecycle, a_job_that_meets_the_death_of_every_server_is_ended_and_others_go_on) {
  const std::string tag = marker("deadly");
  auto daemon = start({"--slots", "1"});
  std::string deadly;
  std::string harmless;
  {
    const Api api{daemon->port()};
    if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
    deadly = api.submit(python(kSleep, {{"args", {tag}}}));
    harmless = api.submit(python("print('ran')"));
  }
  for (int death = 0; death < 3; ++death) {
    ASSERT_TRUE(wait_until_there(tag)) << death;
    daemon->signal(SIGKILL);
    EXPECT_EQ(daemon->wait_for_exit(), 128 + SIGKILL);
    ASSERT_TRUE(wait_until_gone(tag)) << death;
    daemon = start({"--slots", "1"});
  }
  const Api api{daemon->port()};
  const json ended = api.finished(deadly);
  EXPECT_EQ(ended["status"], "internal_error") << ended;
  EXPECT_THAT(ended["message"].get<std::string>(), HasSubstr("died while it ran"));
  EXPECT_EQ(api.finished(harmless)["runs"][0]["stdout"], "ran\n");
  EXPECT_TRUE(processes_with(tag).empty());
}

TEST_F(Lifecycle, nothing_of_a_job_survives_when_the_server_is_killed_and_the_next_one_works) {
  const std::string tag = marker("kill");
  auto daemon = start();
  {
    const Api api{daemon->port()};
    if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
    (void)api.submit(python("import os, time\nif os.fork() == 0: os.setsid()\ntime.sleep(3600)\n",
                            {{"args", {tag}}}));
    ASSERT_TRUE(wait_until_there(tag));
  }
  daemon->signal(SIGKILL);
  EXPECT_EQ(daemon->wait_for_exit(), 128 + SIGKILL);
  EXPECT_TRUE(wait_until_gone(tag));
  daemon = start();
  const Api api{daemon->port()};
  EXPECT_EQ(api.get("/readyz").status, 200);
  EXPECT_EQ(api.run(python("print('again')"))["runs"][0]["stdout"], "again\n");
}

TEST_F(Lifecycle, survives_the_death_of_its_launcher) {
  const std::string tag = marker("launcher");
  auto daemon = start();
  const Api api{daemon->port()};
  if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
  // Thirty that spin take a while to die.
  const std::string id = api.submit(
      python("import os\nfor _ in range(5): os.fork()\nwhile True: pass\n", {{"args", {tag}}}));
  ASSERT_TRUE(wait_until_there(tag));
  const pid_t launcher = child_towards(daemon->pid(), processes_with(tag).front());
  ASSERT_GT(launcher, 1);
  ASSERT_EQ(::kill(launcher, SIGKILL), 0);
  // The job is retried once on another launcher; cancelling ends either attempt, and neither
  // outlives the answer.
  EXPECT_EQ(api.request("DELETE", "/v1/jobs/" + id).status, 204);
  EXPECT_TRUE(processes_with(tag).empty());
  EXPECT_EQ(api.run(python("print('still here')"))["runs"][0]["stdout"], "still here\n");
  EXPECT_EQ(api.get("/readyz").status, 200);
}

TEST_F(Lifecycle, repeats_a_silent_job_whose_launcher_died) {
  // One slot and a spare one: the spare box, dead as well, must not be given to the second attempt.
  auto daemon = start({"--slots", "1"});
  const Api api{daemon->port()};
  if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
  for (const char* round : {"first", "second"}) {
    const std::string tag = marker(std::string{"silent-"} + round);
    const std::string id =
        api.submit(python("import time\ntime.sleep(5)\nprint('whole')\n", {{"args", {tag}}}));
    ASSERT_TRUE(wait_until_there(tag)) << api.get("/v1/jobs/" + id).body << daemon->log_text();
    const pid_t launcher = child_towards(daemon->pid(), processes_with(tag).front());
    ASSERT_GT(launcher, 1);
    ASSERT_EQ(::kill(launcher, SIGKILL), 0);
    const json job = api.finished(id);
    EXPECT_EQ(job["status"], "ok") << job << daemon->log_text();
    EXPECT_EQ(job["runs"][0]["stdout"], "whole\n");
  }
}

std::vector<pid_t> children_of(pid_t parent) {
  const std::string number = std::to_string(parent);
  std::ifstream listed{"/proc/" + number + "/task/" + number + "/children"};
  std::vector<pid_t> children;
  for (pid_t pid = 0; listed >> pid;) children.push_back(pid);
  return children;
}

TEST_F(Lifecycle, says_so_when_a_spare_launcher_is_dead) {
  auto daemon = start();
  const Api api{daemon->port()};
  int spares = 0;
  for (const pid_t launcher : children_of(daemon->pid())) {
    if (!children_of(launcher).empty()) continue;  // the one in use has the slots
    ++spares;
    ASSERT_EQ(::kill(launcher, SIGKILL), 0);
  }
  ASSERT_GT(spares, 0);
  ASSERT_TRUE(daemon->wait_for_line("a spare launcher died", "spares", 0));
  const auto response = api.get("/readyz");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("no spare launcher is left"));
  if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
  EXPECT_EQ(api.run(python("print(1)"))["status"], "ok");
}

void kill_children_of(pid_t parent) {
  const std::vector<pid_t> children = children_of(parent);
  ASSERT_FALSE(children.empty());
  for (const pid_t child : children) ASSERT_EQ(::kill(child, SIGKILL), 0);
}

TEST_F(Lifecycle, ends_without_its_last_launcher_and_the_next_start_runs_what_was_accepted) {
  // One attempt: what a server without boxes could not run must not count as one.
  const std::vector<std::string> once{"CODE_EXECUTOR_QUEUE_MAX_ATTEMPTS=1"};
  auto daemon = start({"--slots", "1"}, once);
  const std::string tag = marker("helpless");
  std::vector<std::string> ids;
  {
    const Api api{daemon->port()};
    if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
    ids.push_back(
        api.submit(python("import time\ntime.sleep(2)\nprint('ran')", {{"args", {tag}}})));
    for (int i = 0; i < 20; ++i) ids.push_back(api.submit(python("print('ran')")));
    ASSERT_TRUE(wait_until_there(tag));
  }
  kill_children_of(daemon->pid());
  EXPECT_EQ(daemon->wait_for_exit(), 75) << daemon->log_text();
  EXPECT_TRUE(wait_until_gone(tag));
  daemon = start({"--slots", "1"}, once);
  const Api api{daemon->port()};
  for (const std::string& id : ids) {
    const json job = api.finished(id);
    EXPECT_EQ(job["status"], "ok") << job << daemon->log_text();
    EXPECT_EQ(job["runs"][0]["stdout"], "ran\n");
  }
}

TEST_F(Lifecycle, says_so_when_its_last_launcher_is_dead_and_nobody_would_take_up_its_jobs) {
  auto daemon = start({"--slots", "2"}, {"CODE_EXECUTOR_QUEUE_BACKEND=memory"});
  const Api api{daemon->port()};
  kill_children_of(daemon->pid());
  ASSERT_TRUE(daemon->wait_for_line("the launcher died", "spares", 0));
  const auto response = api.get("/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("the last launcher died"));
  EXPECT_EQ(api.get("/healthz").status, 200);
  if (!has_python(api)) GTEST_SKIP() << "python is not usable here";
  EXPECT_EQ(api.run(python("print(1)"))["status"], "internal_error");
}

TEST_F(Lifecycle, refuses_wrong_usage_and_wrong_configuration_with_their_exit_codes) {
  const auto usage = run_daemon({"--no-such-option"});
  EXPECT_EQ(usage.exit_code, 64);
  EXPECT_THAT(usage.err, HasSubstr("no-such-option"));
  EXPECT_EQ(run_daemon({"--slots", "0"}).exit_code, 64);
  EXPECT_EQ(run_daemon({"--slots", "many"}).exit_code, 64);
  const auto open = run_daemon({"--listen", "0.0.0.0:0", "--data-dir", dir_.path() + "/state"});
  EXPECT_EQ(open.exit_code, 78);
  EXPECT_THAT(open.err, HasSubstr("no API keys"));
  EXPECT_EQ(run_daemon({"--listen", "nowhere", "--data-dir", dir_.path() + "/state"}).exit_code,
            78);
  const auto missing = run_daemon({"--config", dir_.path() + "/missing.toml"});
  EXPECT_EQ(missing.exit_code, 78);
  const std::string file = dir_.path() + "/config.toml";
  std::ofstream{file} << "[server]\nlisten = \"127.0.0.1:0\"\nlissen = 1\n";
  const auto unknown = run_daemon({"--config", file, "--data-dir", dir_.path() + "/state"});
  EXPECT_EQ(unknown.exit_code, 78);
  EXPECT_THAT(unknown.err, HasSubstr("lissen"));
}

TEST_F(Lifecycle, tells_version_and_help) {
  const auto version = run_daemon({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, ::testing::StartsWith("code-executord "));
  const auto help = run_daemon({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* option : {"--listen", "--data-dir", "--config", "--plugin-dir", "--check",
                             "--user", "--slots", "--insecure-no-cgroup-limits"}) {
    EXPECT_THAT(help.out, HasSubstr(option));
  }
}

TEST_F(Lifecycle, checks_and_reports_readiness_without_serving) {
  const auto check =
      run_daemon({"--check", "--listen", "127.0.0.1:0", "--data-dir", dir_.path() + "/state"});
  EXPECT_EQ(check.exit_code, 0) << check.out << check.err;
  EXPECT_THAT(check.out, HasSubstr("sandbox"));
  EXPECT_THAT(check.out, ::testing::EndsWith("ready\n"));
}

TEST_F(Lifecycle, tells_that_a_port_is_taken) {
  auto daemon = start();
  const auto second = run_daemon({"--listen", "127.0.0.1:" + std::to_string(daemon->port()),
                                  "--data-dir", dir_.path() + "/other"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr("cannot listen"));
}

}  // namespace
}  // namespace cex::test
