// SPDX-License-Identifier: Apache-2.0
// Plugins that nobody vouches for, each in a process of its own: whatever they do, the server
// lives, says what happened and leaves nothing behind.
#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/matrix_fixture.hpp"

namespace cex::tests {
namespace {

namespace fs = std::filesystem;
using plugins::Isolation;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::set<pid_t> hosts_of_this_process() {
  std::set<pid_t> found;
  for (const auto& entry : fs::directory_iterator{"/proc/self/task"}) {
    std::ifstream listed{entry.path() / "children"};
    for (pid_t pid = 0; listed >> pid;) {
      std::string name;
      std::getline(std::ifstream{"/proc/" + std::to_string(pid) + "/comm"}, name);
      if (name == "cex-plugin-host") found.insert(pid);
    }
  }
  return found;
}

class Isolated : public ::testing::Test {
 protected:
  void load(const std::string& way) {
    registry_ = load_from(matrix_folder("fixtures/hostile_" + way), Isolation::all);
    const auto* entry = registry_->find("hostile");
    ASSERT_NE(entry, nullptr) << state();
    spec_ = entry->plugin->spec;
    hello_ = entry->language->hello;
  }
  [[nodiscard]] std::string state() const {
    const auto info = registry_->plugins().at(0);
    return info.state + ": " + info.reason;
  }
  [[nodiscard]] Result<langspec::Plan> plan() const {
    langspec::PlanRequest request;
    request.language = "hostile";
    return spec_->plan(request);
  }
  [[nodiscard]] std::string trouble_of_plan() const {
    const auto made = plan();
    if (made) return "a plan";
    EXPECT_EQ(made.error().code, Errc::plugin);
    return made.error().message;
  }
  void TearDown() override {
    spec_.reset();
    registry_.reset();
    EXPECT_TRUE(hosts_of_this_process().empty());
  }

  std::shared_ptr<const plugins::Registry> registry_;
  std::shared_ptr<const langspec::LangSpec> spec_;
  std::string hello_;
};

TEST_F(Isolated, reaches_nothing_while_it_is_loaded) {
  ASSERT_NO_FATAL_FAILURE(load("early"));
  EXPECT_EQ(hello_, "held");
  EXPECT_FALSE(fs::exists("/tmp/hostile-plugin"));
  EXPECT_TRUE(plan());
  EXPECT_TRUE(registry_->plugins().at(0).isolated);
}

TEST_F(Isolated, the_same_attack_succeeds_in_the_server) {
  // Or the test above would hold nothing: this one may read, in a child that then ends.
  if (::testing::FLAGS_gtest_death_test_style != "threadsafe") {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  }
  const auto attack = [] {
    // execv() at the end of the attack works there: the child becomes /usr/bin/true.
    static_cast<void>(load_from(matrix_folder("fixtures/hostile_early"), Isolation::none));
    ::_exit(1);
  };
  EXPECT_EXIT(attack(), ::testing::ExitedWithCode(0), "");
  EXPECT_TRUE(fs::remove("/tmp/hostile-plugin"));
}

TEST_F(Isolated, says_how_its_process_ended) {
  const auto expect = [this](const char* way, const char* words) {
    ASSERT_NO_FATAL_FAILURE(load(way));
    EXPECT_THAT(trouble_of_plan(), AllOf(HasSubstr("org.example.hostile: plan"), HasSubstr(words)))
        << way;
  };
  expect("crash", "Segmentation fault");
  expect("leave", "exited with status 0");
  expect("open", "a system call that plugins may not make");
  expect("foreign_call", "a system call that plugins may not make");
  expect("hang", "did not answer in time");
  expect("garbage", "the plugin's process failed");
  expect("forged", "the plugin's process failed");
  expect("allocate", "answered 5");
  expect("flood", "more than 1024 records");
}

TEST_F(Isolated, is_started_again_and_switched_off_after_three_strikes) {
  ASSERT_NO_FATAL_FAILURE(load("crash"));
  for (int strike = 1; strike <= 3; ++strike) {
    EXPECT_THAT(state(), HasSubstr("loaded")) << strike;
    EXPECT_THAT(trouble_of_plan(), HasSubstr("Segmentation fault")) << strike;
  }
  EXPECT_THAT(state(), AllOf(HasSubstr("disabled"), HasSubstr("three failures")));
  EXPECT_THAT(trouble_of_plan(), HasSubstr("switched off"));
  EXPECT_TRUE(hosts_of_this_process().empty());
}

TEST_F(Isolated, a_process_that_was_killed_is_replaced) {
  ASSERT_NO_FATAL_FAILURE(load("early"));
  const auto hosts = hosts_of_this_process();
  ASSERT_EQ(hosts.size(), 1U);
  ASSERT_EQ(::kill(*hosts.begin(), SIGKILL), 0);
  EXPECT_FALSE(plan());  // the one that meets it fails: what it asked cannot be told from the cause
  EXPECT_TRUE(plan());
}

TEST_F(Isolated, answers_many_threads) {
  ASSERT_NO_FATAL_FAILURE(load("early"));
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] {
      for (int call = 0; call < 100; ++call) EXPECT_TRUE(plan());
    });
  }
}

TEST_F(Isolated, dies_with_the_server_even_while_it_spins) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t server = ::fork();
  ASSERT_GE(server, 0);
  if (server == 0) {  // a server in which a call never ends
    const auto registry = load_from(matrix_folder("fixtures/hostile_hang"), Isolation::all);
    const auto hosts = hosts_of_this_process();
    const pid_t host = hosts.empty() ? -1 : *hosts.begin();
    (void)!::write(ends[1], &host, sizeof(host));
    langspec::PlanRequest request;
    request.language = "hostile";
    static_cast<void>(registry->find("hostile")->plugin->spec->plan(request));
    ::_exit(0);
  }
  pid_t host = -1;
  ASSERT_EQ(::read(ends[0], &host, sizeof(host)), static_cast<ssize_t>(sizeof(host)));
  ASSERT_GT(host, 1);
  ::kill(server, SIGKILL);
  ASSERT_EQ(::waitpid(server, nullptr, 0), server);
  // Nobody waits for it but init; its state says when it is dead.
  const auto alive = [host] {
    std::ifstream stat{"/proc/" + std::to_string(host) + "/stat"};
    std::string line;
    return std::getline(stat, line) && line.find(") Z") == std::string::npos;
  };
  for (int i = 0; i < 3000 && alive(); ++i) ::usleep(10'000);
  EXPECT_FALSE(alive());
  ::close(ends[0]);
  ::close(ends[1]);
}

// A file of another user's, as from a package that an operator unpacked without root.
TEST(Foreign, a_plugin_in_other_hands_gets_a_process_or_is_refused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  std::string root = fs::canonical(::testing::TempDir()).string() + "/foreignXXXXXX";
  ASSERT_NE(::mkdtemp(root.data()), nullptr);
  fs::copy(matrix_folder("fixtures/plain"), root + "/perl", fs::copy_options::recursive);
  for (const std::string& path : {root, root + "/perl", root + "/perl/fixture.so"}) {
    ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
  }
  const auto registry = load_from(root, Isolation::foreign);
  ASSERT_EQ(registry->plugins().size(), 1U);
  EXPECT_EQ(registry->plugins()[0].state, "loaded") << registry->plugins()[0].reason;
  EXPECT_TRUE(registry->plugins()[0].isolated);
  EXPECT_THAT(state_of(root, Isolation::none), HasSubstr("belongs to another user"));
  fs::remove_all(root);
}

TEST(Own, plugins_say_the_same_from_a_process_of_their_own) {
  const auto here = load_from(CEX_PLUGINS_DIR, Isolation::none);
  const auto there = load_from(CEX_PLUGINS_DIR, Isolation::all);
  ASSERT_FALSE(here->languages().empty());
  ASSERT_EQ(here->languages().size(), there->languages().size());
  for (std::size_t i = 0; i < here->languages().size(); ++i) {
    const auto& mine = here->languages()[i];
    const auto& theirs = there->languages()[i];
    EXPECT_EQ(mine.language->hello, theirs.language->hello);
    langspec::PlanRequest request;
    request.language = mine.language->id;
    request.executable = "/usr/bin/tool";
    request.version = "17.0.1";
    request.entry_file = mine.language->default_file;
    request.files = {request.entry_file};
    request.contents = {mine.language->hello};
    for (const auto phase :
         {langspec::Phase::compile, langspec::Phase::run, langspec::Phase::warm}) {
      request.phase = phase;
      const auto plan = mine.plugin->spec->plan(request);
      const auto other = theirs.plugin->spec->plan(request);
      ASSERT_EQ(plan.has_value(), other.has_value()) << request.language;
      if (!plan) continue;
      ASSERT_EQ(plan->steps.size(), other->steps.size());
      for (std::size_t step = 0; step < plan->steps.size(); ++step) {
        EXPECT_EQ(plan->steps[step].argv, other->steps[step].argv);
        EXPECT_EQ(plan->steps[step].env, other->steps[step].env);
        EXPECT_EQ(plan->steps[step].hints.cpu_ms, other->steps[step].hints.cpu_ms);
      }
      EXPECT_EQ(plan->files.size(), other->files.size());
      EXPECT_EQ(plan->preboots.size(), other->preboots.size());
    }
  }
}

}  // namespace
}  // namespace cex::tests
