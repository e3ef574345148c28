// SPDX-License-Identifier: Apache-2.0
// Real daemons on loopback that share a real Redis.
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/cluster/nodes_fixture.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;

class Nodes : public testing::Test {
 protected:
  static json python(const std::string& source, const json& more = json::object()) {
    json job{{"language", "python"}, {"source", source}};
    job.update(more);
    return job;
  }
  static json sleeper(const std::string& marker) {
    return python("import time\nprint('up', flush=True)\ntime.sleep(50)", {{"args", {marker}}});
  }
  /// A word that no other process of this machine has.
  static std::string marker(const std::string& name) {
    return "cex-nodes-" + name + "-" + std::to_string(::getpid());
  }
  static bool knows(const Node& node, const std::string& language) {
    const auto found = node.api().get("/v1/languages/" + language);
    return found.status == 200 && body_of(found)["usable"] == true;
  }

  RedisServer redis;
};

TEST_F(Nodes, what_one_accepts_another_runs_and_a_third_can_tell) {
  Node front{redis, "api"};
  Node worker{redis, "worker"};
  Node other{redis, "api"};
  ASSERT_TRUE(front.becomes_ready());
  ASSERT_TRUE(comes_true([&] { return knows(front, "python") && knows(other, "python"); }));
  EXPECT_EQ(body_of(front.api().get("/readyz"))["isolation"]["mode"], "none");

  const json done = front.api().run(python("print(6 * 7)"));
  EXPECT_EQ(done["status"], "ok") << done;
  EXPECT_EQ(done["runs"][0]["stdout"], "42\n");
  EXPECT_NE(done["isolation"]["mode"], "none");
  const std::string id = done["id"];
  EXPECT_EQ(body_of(other.api().get("/v1/jobs/" + id))["runs"][0]["stdout"], "42\n");
  EXPECT_EQ(body_of(other.api().get("/v1/jobs"))["jobs"][0]["id"], id);
  // A worker has no door for requests, only for questions after its health.
  EXPECT_EQ(worker.api().get("/v1/jobs/" + id).status, 404);
  EXPECT_EQ(worker.api().get("/readyz").status, 200);
  EXPECT_NE(worker.api().get("/metrics").body.find("cex_redis_connected 1"), std::string::npos);

  // What is wrong is told at the door, by a node that has no toolchain itself.
  expect_problem(front.api().post_job({{"language", "nonsense"}, {"source", "x"}}), 422,
                 "unknown_language");
  expect_problem(front.api().post_job(python("x", {{"version", "1.0"}})), 422, "unknown_version");
  EXPECT_EQ(other.api().request("DELETE", "/v1/jobs/" + id).status, 204);
  EXPECT_EQ(front.api().get("/v1/jobs/" + id).status, 404);
}

TEST_F(Nodes, events_of_a_job_reach_a_client_of_any_node_and_go_on_where_it_left_off) {
  Node front{redis, "api"};
  Node worker{redis, "worker"};
  Node other{redis, "api:worker"};
  ASSERT_TRUE(comes_true([&] { return knows(front, "python"); }));
  const std::string id = front.api().submit(
      python("import time\nfor i in range(4):\n  print('line', i, flush=True)\n  time.sleep(0.4)"));
  RawClient live = other.api().connect();
  live.send(render_request("GET", "/v1/jobs/" + id + "/events", {}, {}));
  const std::string first = live.read_until("line 1");
  EXPECT_NE(first.find("line 1"), std::string::npos) << first;
  live.close();
  RawClient resumed = front.api().connect();
  resumed.send(render_request("GET", "/v1/jobs/" + id + "/events", {}, {{"Last-Event-ID", "3"}}));
  const std::string rest = resumed.read_to_end().value_or("");
  EXPECT_EQ(rest.find("id: 3\n"), std::string::npos) << rest;
  EXPECT_NE(rest.find("id: 4\nevent: stdout"), std::string::npos) << rest;
  EXPECT_NE(rest.find("line 3"), std::string::npos) << rest;
  EXPECT_NE(rest.find("event: result"), std::string::npos) << rest;
}

TEST_F(Nodes, a_cancel_at_one_node_ends_every_process_at_another_before_it_is_answered) {
  Node front{redis, "api"};
  Node worker{redis, "worker"};
  Node other{redis, "api"};
  const std::string word = marker("cancel");
  ASSERT_TRUE(comes_true([&] { return knows(front, "python"); }));
  const std::string id = front.api().submit(sleeper(word));
  ASSERT_TRUE(wait_until_there(word));
  EXPECT_EQ(other.api().request("DELETE", "/v1/jobs/" + id).status, 204);
  EXPECT_TRUE(processes_with(word).empty());
  EXPECT_EQ(front.api().get("/v1/jobs/" + id).status, 404);
}

TEST_F(Nodes, a_worker_that_is_killed_loses_its_job_to_another) {
  Node front{redis, "api"};
  auto victim = std::make_unique<Node>(redis, "worker");
  const std::string word = marker("killed");
  ASSERT_TRUE(comes_true([&] { return knows(front, "python"); }));
  const std::string id =
      front.api().submit(python("import time\ntime.sleep(3)\nprint('done')", {{"args", {word}}}));
  ASSERT_TRUE(wait_until_there(word));
  Node rescuer{redis, "worker"};
  victim->kill();
  EXPECT_TRUE(comes_true(
      [&] { return body_of(front.api().get("/v1/jobs/" + id))["state"] == "finished"; }));
  const json done = front.api().finished(id);
  EXPECT_EQ(done["status"], "ok") << done;
  EXPECT_EQ(done["runs"][0]["stdout"], "done\n");
  EXPECT_TRUE(wait_until_gone(word));
}

TEST_F(Nodes, a_worker_that_was_frozen_kills_its_job_and_records_nothing) {
  Node front{redis, "api"};
  Node frozen{redis, "worker"};
  const std::string word = marker("frozen");
  ASSERT_TRUE(comes_true([&] { return knows(front, "python"); }));
  const std::string id =
      front.api().submit(python("import time\ntime.sleep(6)\nprint('done')", {{"args", {word}}}));
  ASSERT_TRUE(wait_until_there(word));
  Node rescuer{redis, "worker"};
  frozen.daemon().signal(SIGSTOP);
  ASSERT_TRUE(comes_true([&] {
    return !rescuer.daemon().log_lines("jobs of a dead node wait again").empty() ||
           !front.daemon().log_lines("jobs of a dead node wait again").empty();
  }));
  frozen.daemon().signal(SIGCONT);
  EXPECT_TRUE(comes_true([&] {
    return frozen.api().get("/metrics").body.find("cex_leases_lost_total 1") != std::string::npos;
  }));
  const json done = front.api().finished(id);
  EXPECT_EQ(done["status"], "ok") << done;
  EXPECT_EQ(done["runs"][0]["stdout"], "done\n");
  EXPECT_TRUE(wait_until_gone(word));
  EXPECT_TRUE(frozen.daemon().log_lines("job finished").empty());
}

TEST_F(Nodes, a_job_that_waits_too_long_is_cancelled_by_whichever_node_looks) {
  Node front{redis, "api"};
  Node worker{redis, "worker"};
  const std::string word = marker("late");
  ASSERT_TRUE(comes_true([&] { return knows(front, "python"); }));
  std::vector<std::string> busy;
  for (int i = 0; i < 2; ++i) busy.push_back(front.api().submit(sleeper(word)));
  ASSERT_TRUE(comes_true([&] { return processes_with(word).size() >= 2; }));
  const std::string id = front.api().submit(python("print(1)", {{"max_queue_ms", 300}}));
  const json done = front.api().finished(id);
  EXPECT_EQ(done["status"], "cancelled") << done;
  EXPECT_NE(done["message"].get<std::string>().find("longer than it may"), std::string::npos);
  for (const std::string& other : busy) {
    EXPECT_EQ(front.api().request("DELETE", "/v1/jobs/" + other).status, 204);
  }
  // Without a worker the language goes, too.
  worker.kill();
  EXPECT_TRUE(comes_true([&] { return !knows(front, "python"); }));
}

TEST_F(Nodes, a_redis_that_is_killed_loses_nothing_that_was_accepted) {
  Node node{redis, "api:worker"};
  ASSERT_TRUE(node.becomes_ready());
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    ids.push_back(node.api().submit(python("print(" + std::to_string(i) + ")")));
  }
  redis.kill();
  ASSERT_TRUE(node.becomes_ready(false));
  EXPECT_EQ(node.check("queue")["state"], "failed");
  EXPECT_EQ(node.api().get("/healthz").status, 200);
  expect_problem(node.api().post_job(python("print(1)")), 503, "not_ready");
  expect_problem(node.api().get("/v1/jobs/" + ids[0]), 503, "not_ready");
  redis.start();
  ASSERT_TRUE(node.becomes_ready());
  for (int i = 0; i < 20; ++i) {
    const json done = node.api().finished(ids[static_cast<std::size_t>(i)]);
    EXPECT_EQ(done["status"], "ok") << done;
    EXPECT_EQ(done["runs"][0]["stdout"], std::to_string(i) + "\n");
  }
}

TEST_F(Nodes, a_redis_that_does_not_answer_makes_a_node_unready_until_it_does) {
  Node node{redis, "api:worker"};
  ASSERT_TRUE(node.becomes_ready());
  const std::string word = marker("partition");
  const std::string id = node.api().submit(sleeper(word));
  ASSERT_TRUE(wait_until_there(word));
  redis.freeze();
  EXPECT_TRUE(node.becomes_ready(false));
  // Its lease cannot be renewed, so another may run the job: here it must be dead.
  EXPECT_TRUE(wait_until_gone(word));
  redis.thaw();
  EXPECT_TRUE(node.becomes_ready());
  // Nobody else was there, so this node gets it again.
  EXPECT_TRUE(wait_until_there(word));
  EXPECT_EQ(node.api().request("DELETE", "/v1/jobs/" + id).status, 204);
  EXPECT_TRUE(processes_with(word).empty());
}

TEST_F(Nodes, a_node_that_is_cut_off_kills_its_job_and_another_runs_it) {
  Link link{redis};
  Node front{redis, "api"};
  Node cut_off{link, "api:worker"};
  const std::string word = marker("cut");
  ASSERT_TRUE(comes_true([&] { return knows(front, "python"); }));
  ASSERT_TRUE(cut_off.becomes_ready());
  const std::string id = front.api().submit(sleeper(word));
  ASSERT_TRUE(wait_until_there(word));
  link.cut();
  EXPECT_TRUE(cut_off.becomes_ready(false));
  EXPECT_GE(cut_off.api().post_job(python("print(1)")).status, 500);
  EXPECT_TRUE(wait_until_gone(word));  // by itself, before anybody else may begin it
  Node rescuer{redis, "worker"};
  ASSERT_TRUE(wait_until_there(word));
  EXPECT_EQ(front.api().request("DELETE", "/v1/jobs/" + id).status, 204);
  EXPECT_TRUE(processes_with(word).empty());
  link.heal();
  EXPECT_TRUE(cut_off.becomes_ready());
  EXPECT_EQ(cut_off.api().run(python("print(2)"))["status"], "ok");
  EXPECT_TRUE(cut_off.daemon().log_lines("job finished").size() <= 1)
      << "its first attempt is lost";
}

TEST_F(Nodes, a_redis_that_takes_nothing_makes_a_node_unready_and_says_why) {
  Node node{redis, "api:worker"};
  ASSERT_TRUE(node.becomes_ready());
  redis.ask({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_TRUE(node.becomes_ready(false));
  EXPECT_THAT(node.check("queue")["detail"].get<std::string>(), testing::HasSubstr("maxmemory"));
  EXPECT_GE(node.api().post_job(python("print(1)")).status, 500);
  redis.ask({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_TRUE(node.becomes_ready());
  EXPECT_EQ(node.api().run(python("print(1)"))["status"], "ok");
}

TEST_F(Nodes, a_language_that_one_worker_has_is_run_there) {
  Node front{redis, "api"};
  Node without{redis, "worker", {"CODE_EXECUTOR_PLUGINS_DISABLED=org.code-executor.python"}};
  ASSERT_TRUE(comes_true([&] { return knows(front, "c"); }));
  expect_problem(front.api().post_job(python("print(1)")), 422, "unknown_language");
  Node with{redis, "worker"};
  ASSERT_TRUE(comes_true([&] { return knows(front, "python"); }));
  for (int i = 0; i < 5; ++i) {
    const json done = front.api().run(python("print(1)"));
    EXPECT_EQ(done["status"], "ok") << done;
  }
  EXPECT_TRUE(without.daemon().log_lines("job finished").empty());
  EXPECT_EQ(with.daemon().log_lines("job finished").size(), 5U);
}

TEST_F(Nodes, a_language_that_comes_to_a_running_worker_is_known_at_every_door) {
  Node front{redis, "api"};
  ScratchDir dir;
  fs::permissions(dir.path(), fs::perms::owner_all | fs::perms::others_exec |
                                  fs::perms::others_read);  // else its plugins are refused
  const fs::path plugins = fs::path{dir.path()} / "plugins";
  fs::create_directory(plugins);
  Node worker{redis, "worker", {"CODE_EXECUTOR_PLUGINS_PATH=" + plugins.string()}};
  ASSERT_TRUE(comes_true([&] { return knows(front, "awk"); }));
  std::ifstream in{CEX_SOURCE_DIR "/plugins/awk/plugin.json"};
  json manifest = json::parse(in);
  manifest["id"] = "org.example.late";
  manifest["languages"][0]["id"] = "late";
  manifest["languages"][0]["aliases"] = json::array();
  const fs::path unpacked = fs::path{dir.path()} / "late";
  fs::create_directory(unpacked);
  std::ofstream{unpacked / "plugin.json"} << manifest;
  EXPECT_FALSE(knows(front, "late"));
  fs::rename(unpacked, plugins / "late");
  ASSERT_TRUE(comes_true([&] { return knows(front, "late"); })) << worker.daemon().log_text();
  const json done = front.api().run({{"language", "late"}, {"source", "BEGIN { print 6 * 7 }"}});
  EXPECT_EQ(done["status"], "ok") << done;
  EXPECT_EQ(done["runs"][0]["stdout"], "42\n");
  fs::remove_all(plugins / "late");
  EXPECT_TRUE(comes_true([&] { return !knows(front, "late"); }));
}

TEST_F(Nodes, a_worker_that_is_stopped_in_order_gives_its_job_to_another) {
  Node front{redis, "api"};
  auto leaving = std::make_unique<Node>(
      redis, "worker", std::vector<std::string>{"CODE_EXECUTOR_SERVER_DRAIN_TIMEOUT_MS=0"});
  const std::string word = marker("drain");
  ASSERT_TRUE(comes_true([&] { return knows(front, "python"); }));
  const std::string id = front.api().submit(sleeper(word));
  ASSERT_TRUE(wait_until_there(word));
  leaving->daemon().signal(SIGTERM);
  EXPECT_EQ(leaving->daemon().wait_for_exit(), 0) << leaving->daemon().log_text();
  EXPECT_TRUE(processes_with(word).empty());
  EXPECT_EQ(body_of(front.api().get("/v1/jobs/" + id))["state"], "queued");
  Node next{redis, "worker"};
  ASSERT_TRUE(wait_until_there(word));
  EXPECT_EQ(front.api().request("DELETE", "/v1/jobs/" + id).status, 204);
}

TEST_F(Nodes, a_job_cannot_reach_the_redis_of_its_node) {
  redis.ask({"CONFIG", "SET", "port", std::to_string(free_port())});
  const auto port = redis.ask({"CONFIG", "GET", "port"})[1].text;
  Node node{redis, "api:worker"};
  ASSERT_TRUE(node.becomes_ready());
  const json done =
      node.api().run(python("import socket, sys\n"
                            "def tries(family, address):\n"
                            "  try:\n"
                            "    socket.socket(family).connect(address)\n"
                            "    print('reached', address)\n"
                            "  except OSError as e:\n"
                            "    print('refused')\n"
                            "tries(socket.AF_INET, ('127.0.0.1', " +
                            port +
                            "))\n"
                            "tries(socket.AF_UNIX, '" +
                            redis.socket() + "')\n"));
  EXPECT_EQ(done["runs"][0]["stdout"], "refused\nrefused\n") << done;
}

TEST_F(Nodes, one_role_alone_needs_a_shared_queue) {
  const ScratchDir dir;
  ::setenv("CODE_EXECUTOR_ROLES", "worker", 1);
  const auto said = run_daemon({"--data-dir", dir.path() + "/state"});
  ::unsetenv("CODE_EXECUTOR_ROLES");
  EXPECT_EQ(said.exit_code, 78);
  EXPECT_NE(said.err.find("queue.backend"), std::string::npos) << said.err;
}

}  // namespace
}  // namespace cex::test
