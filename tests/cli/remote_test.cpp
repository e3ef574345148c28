// SPDX-License-Identifier: Apache-2.0
// `cex submit`, `cex batch` and `cex top` against the real server.
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/access/key_file.hpp"
#include "tests/api/daemon_process.hpp"
#include "tests/cli/command.hpp"

namespace cex::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kUsage = 64;
constexpr int kUnavailable = 69;

class CexRemote : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = std::make_unique<ScratchDir>();
    daemon_ =
        std::make_unique<DaemonProcess>(dir_->path(), std::vector<std::string>{"--slots", "2"},
                                        std::vector<std::string>{"CODE_EXECUTOR_WARM_UP_MODE=off"});
  }
  static void TearDownTestSuite() {
    daemon_.reset();
    dir_.reset();
  }
  void SetUp() override {
    const auto languages = json::parse(cex({"top", "--once", "--json"}).out, nullptr, false);
    const auto usable = [&](const json& entry) {
      return entry["id"] == "python" && entry["usable"] == true;
    };
    if (!languages.is_object() ||
        std::none_of(languages["languages"].begin(), languages["languages"].end(), usable)) {
      GTEST_SKIP() << "no python: " << languages;
    }
    std::filesystem::remove_all(folder());
    std::filesystem::create_directories(folder());
  }

  static std::string folder() { return dir_->path() + "/programs"; }
  static std::string url() { return "http://127.0.0.1:" + std::to_string(daemon_->port()); }
  static std::string write(const std::string& name, const std::string& text) {
    const std::string path = folder() + "/" + name;
    std::ofstream{path, std::ios::binary} << text;
    return path;
  }
  static Invocation invocation(std::vector<std::string> args,
                               std::vector<std::pair<std::string, std::string>> more = {}) {
    args.insert(args.begin(), CEX_PROGRAM);
    args.insert(args.end(), {"--server", url()});
    return {std::move(args), {}, std::move(more)};
  }
  static Ended cex(std::vector<std::string> args) { return run(invocation(std::move(args))); }

  static std::unique_ptr<ScratchDir> dir_;
  static std::unique_ptr<DaemonProcess> daemon_;
};
std::unique_ptr<ScratchDir> CexRemote::dir_;
std::unique_ptr<DaemonProcess> CexRemote::daemon_;

TEST_F(CexRemote, submits_and_waits_like_run) {
  const auto program = write("a.py",
                             "import sys\nprint('out', input())\nprint('err', file=sys.stderr)\n"
                             "sys.exit(int(sys.argv[1]))\n");
  const auto good = cex({"submit", program, "--wait", "--stdin", "in", "--arg", "0"});
  EXPECT_EQ(good.status, 0) << good.err;
  EXPECT_EQ(good.out, "out in\n");
  EXPECT_EQ(good.err, "err\n");
  EXPECT_EQ(cex({"submit", program, "--wait", "--stdin", "in", "--arg", "7"}).status, 7);
  const auto killed = write("b.py", "import os; os.kill(os.getpid(), 11)\n");
  EXPECT_EQ(cex({"submit", killed, "--wait"}).status, 128 + 11);
  const auto slow = write("c.py", "while True: pass\n");
  EXPECT_EQ(cex({"submit", slow, "--wait", "--time", "0.3"}).status, 124);
}

TEST_F(CexRemote, prints_the_id_at_once_without_wait_and_jobs_as_json) {
  const auto program = write("a.py", "import os; os.write(1, b'\\xff')\n");
  const auto at_once = cex({"submit", program});
  EXPECT_EQ(at_once.status, 0) << at_once.err;
  EXPECT_EQ(at_once.out.size(), 33U) << at_once.out;
  const auto as_json = cex({"submit", program, "--wait", "--json"});
  const json job = json::parse(as_json.out);
  EXPECT_EQ(job["status"], "ok");
  EXPECT_EQ(job["runs"][0]["stdout_encoding"], "base64");
  EXPECT_EQ(cex({"submit", program, "--wait"}).out, "\xFF");
}

TEST_F(CexRemote, says_what_the_server_refuses) {
  const auto unknown = cex({"submit", write("a.xyz", "")});
  EXPECT_EQ(unknown.status, kUsage);
  EXPECT_THAT(unknown.err, HasSubstr("no language for files named *.xyz"));
  const auto refused = cex({"submit", write("a.py", ""), "--memory", "900000G"});
  EXPECT_EQ(refused.status, kUsage);
  EXPECT_THAT(refused.err, HasSubstr("memory_bytes"));
  Invocation nobody{
      {CEX_PROGRAM, "submit", write("a.py", ""), "--server", "http://127.0.0.1:1"}, {}, {}};
  const auto unreachable = run(nobody);
  EXPECT_EQ(unreachable.status, kUnavailable);
  EXPECT_THAT(unreachable.err, HasSubstr("http://127.0.0.1:1"));
  nobody.argv.back() = "ftp://host";
  EXPECT_EQ(run(nobody).status, kUsage);
}

TEST_F(CexRemote, ends_the_job_when_it_is_interrupted) {
  const std::string marker = "cex-remote-" + std::to_string(::getpid());
  const auto program = write("a.py", "import time\ntime.sleep(3600)\n");
  Command command{invocation({"submit", program, "--wait", "--arg", marker})};
  // The command's own arguments have it, too: wait for the box's process besides.
  while (processes_with(marker).size() < 2) ::usleep(10'000);
  command.signal(SIGINT);
  EXPECT_EQ(command.wait().status, 128 + SIGINT);
  EXPECT_TRUE(wait_until_gone(marker));
}

TEST_F(CexRemote, runs_a_folder_as_a_batch) {
  for (int i = 0; i < 5; ++i) {
    write("job" + std::to_string(i) + ".py", "print(" + std::to_string(i) + ")\n");
  }
  write("notes.md", "no program\n");
  const auto good = cex({"batch", folder()});
  EXPECT_EQ(good.status, 0) << good.err;
  EXPECT_THAT(good.err, HasSubstr("notes.md"));
  EXPECT_THAT(good.out, HasSubstr("job4.py"));
  EXPECT_THAT(good.out, Not(HasSubstr("\x1b"))) << "a file is no screen";
  write("bad.py", "1/0\n");
  const auto failed = cex({"batch", folder(), "--json"});
  EXPECT_EQ(failed.status, 1);
  const json jobs = json::parse(failed.out)["jobs"];
  ASSERT_EQ(jobs.size(), 6U);
  EXPECT_EQ(jobs[0]["name"], "bad.py");
  EXPECT_EQ(jobs[0]["job"]["status"], "runtime_error");
  EXPECT_EQ(jobs[1]["job"]["runs"][0]["stdout"], "0\n");
}

TEST_F(CexRemote, runs_a_list_of_more_jobs_than_one_request_takes) {
  json jobs = json::array();
  for (int i = 0; i < 130; ++i) {
    jobs.push_back({{"language", "python"}, {"source", "print(" + std::to_string(i) + ")"}});
  }
  const auto path = write("list.json", jobs.dump());
  const auto done = cex({"batch", path, "--json"});
  EXPECT_EQ(done.status, 0) << done.err;
  const json ended = json::parse(done.out)["jobs"];
  ASSERT_EQ(ended.size(), 130U);
  for (std::size_t i = 0; i < ended.size(); ++i) {
    EXPECT_EQ(ended[i]["job"]["runs"][0]["stdout"], std::to_string(i) + "\n");
  }
  EXPECT_EQ(cex({"batch", write("bad.json", "{\"jobs\": 5}")}).status, kUsage);
  EXPECT_EQ(cex({"batch", folder() + "/nowhere"}).status, kUsage);
}

TEST_F(CexRemote, top_shows_a_frame) {
  const auto program = write("a.py", "print(1)\n");
  EXPECT_EQ(cex({"submit", program, "--wait"}).status, 0);
  const auto frame = json::parse(cex({"top", "--once", "--json", "--interval", "0.2"}).out);
  EXPECT_EQ(frame["ready"], true);
  EXPECT_GE(frame["slots"]["total"], 2);
  EXPECT_EQ(frame["jobs"]["queued"], 0);
  EXPECT_GE(frame["http"]["requests_per_s"], 0);
  for (const auto& language : frame["languages"]) {
    if (language["id"] == "python") {
      EXPECT_GE(language["ended"], 1);
    }
  }
  const auto text = cex({"top", "--once", "--interval", "0.2"});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, HasSubstr("LANGUAGE"));
  EXPECT_THAT(text.out, HasSubstr("python"));
  EXPECT_THAT(text.out, Not(HasSubstr("\x1b")));
}

TEST_F(CexRemote, shows_its_key_from_a_file_or_the_environment_never_from_an_argument) {
  ScratchDir dir;
  DaemonProcess daemon{dir.path(), {"--slots", "1"}, {"CODE_EXECUTOR_WARM_UP_MODE=off"}};
  access::KeyFile file{dir.path() + "/state"};
  std::string secret;
  const auto made = file.change([&](const std::string& pepper, auto& keys) {
    Principal principal;
    principal.tenant = "a";
    principal.roles = {Role::run};
    auto key =
        access::make_key(pepper, "test", principal, std::nullopt, std::chrono::system_clock::now());
    secret = key.secret;
    keys.push_back(std::move(key.record));
    return Result<void>{};
  });
  ASSERT_TRUE(made);
  const auto program = write("a.py", "print('with a key')\n");
  const std::string key_file = write("key", secret + "\n");
  const std::string server = "http://127.0.0.1:" + std::to_string(daemon.port());
  Invocation with_file{
      {CEX_PROGRAM, "submit", program, "--wait", "--server", server, "--key-file", key_file},
      {},
      {}};
  const Ended ended = run(with_file);
  EXPECT_EQ(ended.out, "with a key\n") << ended.err;
  Invocation without{{CEX_PROGRAM, "submit", program, "--wait", "--server", server}, {}, {}};
  const auto refused = run(without);
  EXPECT_EQ(refused.status, kUsage);
  EXPECT_THAT(refused.err, HasSubstr("key"));
  without.environment = {{"CODE_EXECUTOR_KEY", secret}};
  EXPECT_EQ(run(without).out, "with a key\n");
  Invocation top{
      {CEX_PROGRAM, "top", "--once", "--server", server}, {}, {{"CODE_EXECUTOR_KEY", secret}}};
  EXPECT_THAT(run(top).out, HasSubstr("role auditor"));
  Invocation missing{
      {CEX_PROGRAM, "submit", program, "--server", server, "--key-file", "/nowhere"}, {}, {}};
  EXPECT_EQ(run(missing).status, kUsage);
}

}  // namespace
}  // namespace cex::test
