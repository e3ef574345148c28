// SPDX-License-Identifier: Apache-2.0
// Modules that come, change and go while the server runs.
#include <filesystem>
#include <fstream>

#include "tests/api/api_fixture.hpp"
#include "tests/api/socket_client.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class HotPlug : public ::testing::Test {
 protected:
  void start(const std::vector<std::string>& plugins, const std::string& slots = "2") {
    fs::create_directories(folder());
    fs::create_directory(dir_.path() + "/state");
    fs::permissions(dir_.path() + "/state", fs::perms::all);
    // Plugins where anybody could write are refused.
    fs::permissions(dir_.path(), fs::perms::group_write | fs::perms::others_write,
                    fs::perm_options::remove);
    for (const std::string& plugin : plugins) install(plugin);
    // A server finds the plugins of a build beside itself; this one is to have its own.
    const fs::path built = fs::path{CEX_DAEMON}.parent_path();
    fs::create_directory(dir_.path() + "/bin");
    for (const char* program : {"code-executord", "cex-launcher", "cex-plugin-host"}) {
      fs::copy_file(built / program, dir_.path() + "/bin/" + program);
    }
    daemon_ = std::make_unique<DaemonProcess>(
        dir_.path(), std::vector<std::string>{"--slots", slots},
        std::vector<std::string>{"CODE_EXECUTOR_WARM_UP_MODE=layers"},
        dir_.path() + "/bin/code-executord");
    api_.emplace(daemon_->port());
  }
  fs::path folder() const { return dir_.path() + "/plugins"; }

  /// As a package manager does: unpacked beside, then renamed.
  void install(const std::string& plugin) const {
    const fs::path beside = dir_.path() + "/unpacked-" + plugin;
    fs::copy(fs::path{CEX_PLUGINS_DIR} / plugin, beside, fs::copy_options::recursive);
    fs::rename(beside, folder() / plugin);
  }
  void replace(const fs::path& file, const std::string& bytes) const {
    const fs::path beside = dir_.path() + "/next";
    std::ofstream{beside, std::ios::binary} << bytes;
    fs::rename(beside, folder() / file);
  }
  std::string bytes_of(const fs::path& file) const {
    std::ifstream in{folder() / file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  bool has(const std::string& language) const {
    return api_->get("/v1/languages/" + language).status == 200;
  }
  /// Skips where the toolchain is not there; a module that was not taken up is a failure.
  void need(const std::string& language) const {
    ASSERT_TRUE(has(language)) << daemon_->log_text();
    if (!can(language)) GTEST_SKIP() << "no toolchain for " << language;
  }
  bool can(const std::string& language) const {
    const auto answer = api_->get("/v1/languages/" + language);
    return answer.status == 200 && body_of(answer).value("usable", false);
  }
  json plugin(const std::string& name) const {
    const json answer = body_of(api_->get("/v1/plugins"));
    for (const auto& entry : answer["plugins"]) {
      if (entry["id"] == "org.code-executor." + name) return entry;
    }
    return {};
  }
  json awk(const std::string& text) const {
    return api_->run({{"language", "awk"}, {"source", "BEGIN { print \"" + text + "\" }"}});
  }
  double changes() const {
    const std::string text = api_->get("/metrics").body;
    const std::string name = "\ncex_plugin_changes_total ";
    const auto at = text.find(name);
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size()));
  }

  ScratchDir dir_;
  std::unique_ptr<DaemonProcess> daemon_;
  std::optional<Api> api_;
};

TEST_F(HotPlug, a_language_comes_and_goes) {
  start({"python"});
  need("python");
  if (HasFatalFailure() || IsSkipped()) return;
  EXPECT_FALSE(has("awk"));
  EXPECT_EQ(changes(), 0);
  install("awk");
  ASSERT_TRUE(comes_true([&] { return can("awk"); })) << daemon_->log_text();
  EXPECT_EQ(awk("here")["runs"][0]["stdout"], "here\n");
  EXPECT_GE(changes(), 1);
  EXPECT_THAT(api_->get("/metrics").body,
              HasSubstr("cex_plugin_info{plugin=\"org.code-executor.awk\""));
  fs::remove_all(folder() / "awk");
  ASSERT_TRUE(comes_true([&] { return !has("awk"); }));
  expect_problem(api_->post_job({{"language", "awk"}, {"source", "BEGIN {}"}}), 422,
                 "unknown_language");
  EXPECT_THAT(api_->get("/metrics").body,
              ::testing::Not(HasSubstr("cex_plugin_info{plugin=\"org.code-executor.awk\"")));
  EXPECT_EQ(api_->run({{"language", "python"}, {"source", "print(1)"}})["status"], "ok");
}

TEST_F(HotPlug, a_broken_upgrade_leaves_the_old_one_at_work) {
  start({"awk"});
  need("awk");
  if (HasFatalFailure() || IsSkipped()) return;
  const std::string good = bytes_of("awk/plugin.json");
  const std::string version = plugin("awk")["version"];
  replace("awk/plugin.json", good.substr(0, good.size() / 2));
  ASSERT_TRUE(comes_true([&] { return plugin("awk").value("reason", "") != ""; }));
  EXPECT_EQ(plugin("awk")["state"], "loaded");
  EXPECT_EQ(plugin("awk")["version"], version);
  EXPECT_THAT(plugin("awk")["reason"].get<std::string>(),
              AllOf(HasSubstr(version + " goes on"), HasSubstr("refused")));
  EXPECT_EQ(awk("still")["runs"][0]["stdout"], "still\n");
  // The mended upgrade is taken.
  json upgraded = json::parse(good);
  upgraded["version"] = "9.9.9";
  replace("awk/plugin.json", upgraded.dump());
  ASSERT_TRUE(comes_true([&] { return plugin("awk")["version"] == "9.9.9"; }));
  EXPECT_EQ(plugin("awk").value("reason", ""), "");
  const json job = awk("newer");
  EXPECT_EQ(job["runs"][0]["stdout"], "newer\n");
  EXPECT_EQ(job["language"]["plugin_version"], "9.9.9");
}

TEST_F(HotPlug, running_jobs_end_with_what_they_began_with_and_waiting_ones_are_told) {
  start({"python", "awk"}, "1");
  need("python");
  if (HasFatalFailure() || IsSkipped()) return;
  const std::string running = api_->submit(
      {{"language", "python"},
       {"interactive", true},
       {"source", "import sys\nprint('began', flush=True)\nsys.stdin.read()\nprint('ended')"}});
  SocketClient client{*api_, running};
  client.until_output("began");
  const std::string waiting = api_->submit({{"language", "python"}, {"source", "print(2)"}});
  fs::remove_all(folder() / "python");
  ASSERT_TRUE(comes_true([&] { return !has("python"); }));
  EXPECT_EQ(body_of(api_->get("/v1/jobs/" + running))["state"], "running");
  client.say({{"type", "eof"}});
  const json ended = client.until("result");
  EXPECT_EQ(ended["job"]["status"], "ok") << ended;
  EXPECT_EQ(ended["job"]["runs"][0]["stdout"], "began\nended\n");
  const json told = api_->finished(waiting);
  EXPECT_THAT(told["message"].get<std::string>(), HasSubstr("no such language")) << told;
}

TEST_F(HotPlug, an_upgraded_object_takes_over_and_the_old_one_is_closed) {
  start({"cpp"});
  need("c");
  if (HasFatalFailure() || IsSkipped()) return;
  const json hello{{"language", "c"},
                   {"source", "#include <stdio.h>\nint main(void) { puts(\"hello\"); }"}};
  EXPECT_EQ(api_->run(hello)["status"], "ok");
  const json before = plugin("cpp");
  fs::path object;
  for (const auto& entry : fs::directory_iterator{folder() / "cpp"}) {
    if (entry.path().extension() == ".so") object = fs::relative(entry.path(), folder());
  }
  // Bytes after an object's end are nothing to it, and make it another one.
  replace(object, bytes_of(object) + "upgraded");
  ASSERT_TRUE(comes_true([&] { return plugin("cpp")["sha256"] != before["sha256"]; }));
  EXPECT_EQ(plugin("cpp")["state"], "loaded");
  EXPECT_EQ(api_->run(hello)["status"], "ok");
  const auto old_is_mapped = [&] {
    std::ifstream maps{"/proc/" + std::to_string(daemon_->pid()) + "/maps"};
    for (std::string line; std::getline(maps, line);) {
      if (line.find(object.filename()) != std::string::npos && line.ends_with("(deleted)")) {
        return true;
      }
    }
    return false;
  };
  EXPECT_TRUE(comes_true([&] { return !old_is_mapped(); })) << daemon_->log_text();
}

TEST_F(HotPlug, a_signal_looks_at_once_and_answers_are_kept) {
  start({"python"});
  need("python");
  if (HasFatalFailure() || IsSkipped()) return;
  EXPECT_TRUE(fs::exists(dir_.path() + "/state/probes"));
  daemon_->signal(SIGHUP);
  // Nothing had changed, and nothing is said to have.
  ASSERT_TRUE(daemon_->wait_for_line("configuration reloaded", "changed", ""));
  EXPECT_EQ(changes(), 0);
}

}  // namespace
}  // namespace cex::test
