// SPDX-License-Identifier: Apache-2.0
// SIGHUP: a new configuration in a running server.
#include <fstream>
#include <thread>

#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

using ::testing::HasSubstr;

class Reloading : public ::testing::Test {
 protected:
  void start(const std::string& config) {
    write(config);
    daemon_ = std::make_unique<DaemonProcess>(
        dir_.path(), std::vector<std::string>{"--config", path(), "--slots", "2"},
        std::vector<std::string>{"CODE_EXECUTOR_WARM_UP_MODE=off"});
    api_.emplace(daemon_->port());
    if (!body_of(api_->get("/v1/languages/python")).value("usable", false)) {
      GTEST_SKIP() << "no python";
    }
  }
  std::string path() const { return dir_.path() + "/config.toml"; }
  void write(const std::string& config) const { std::ofstream{path()} << config; }
  /// Writes, signals, and waits until the server has said what came of it.
  json reload(const std::string& config) {
    const auto so_far = [&] {
      auto lines = daemon_->log_lines("configuration reloaded");
      const auto failed = daemon_->log_lines("configuration not reloaded");
      lines.insert(lines.end(), failed.begin(), failed.end());
      return lines;
    };
    const std::size_t before = so_far().size();
    write(config);
    daemon_->signal(SIGHUP);
    const auto deadline = std::chrono::steady_clock::now() + patience(std::chrono::seconds{30});
    while (so_far().size() == before && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    const auto good = daemon_->log_lines("configuration reloaded");
    const auto bad = daemon_->log_lines("configuration not reloaded");
    last_failed_ = bad.size() > failures_;
    failures_ = bad.size();
    if (last_failed_) return bad.back();
    return good.empty() ? json{} : good.back();
  }
  json check(const std::string& name) const {
    const json readiness = body_of(api_->get("/readyz"));
    for (const auto& entry : readiness["checks"]) {
      if (entry["name"] == name) return entry;
    }
    return {};
  }
  static json sleeper() {
    return {{"language", "python"}, {"source", "import time; time.sleep(3600)"}};
  }
  std::string state_of(const std::string& id) const {
    return body_of(api_->get("/v1/jobs/" + id))["state"];
  }
  bool becomes(const std::string& id, const std::string& state) const {
    const auto deadline = std::chrono::steady_clock::now() + patience(std::chrono::seconds{30});
    while (state_of(id) != state && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return state_of(id) == state;
  }

  ScratchDir dir_;
  std::unique_ptr<DaemonProcess> daemon_;
  std::optional<Api> api_;
  std::size_t failures_{0};
  bool last_failed_{false};
};

TEST_F(Reloading, lets_more_of_a_language_run) {
  start("[languages.python]\nmax_concurrent = 1\n");
  if (IsSkipped()) return;
  const auto first = api_->submit(sleeper());
  ASSERT_TRUE(becomes(first, "running"));
  const auto second = api_->submit(sleeper());
  EXPECT_EQ(state_of(second), "queued");
  const json line = reload("[languages.python]\nmax_concurrent = 2\n");
  EXPECT_EQ(line["changed"], "languages.python.max_concurrent");
  EXPECT_EQ(line["needs_restart"], "");
  EXPECT_TRUE(becomes(second, "running"));
  EXPECT_EQ(state_of(first), "running") << "what runs goes on";
}

TEST_F(Reloading, changes_rates_tenants_and_bounds) {
  start("");
  if (IsSkipped()) return;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(api_->get("/v1/jobs").status, 200);
  reload("[server]\nrate_per_s = 0.001\nrate_burst = 3\n");
  int refused = 0;
  for (int i = 0; i < 10; ++i) refused += api_->get("/v1/jobs").status == 429 ? 1 : 0;
  EXPECT_GE(refused, 7);
  EXPECT_EQ(reload("[tenants.local]\nmax_running = 1\nmax_waiting = 1\nweight = 2.5\n")["changed"],
            "server.rate_per_s, server.rate_burst, tenants.local.weight, "
            "tenants.local.max_running, tenants.local.max_waiting");
  ASSERT_TRUE(becomes(api_->submit(sleeper()), "running"));
  api_->submit(sleeper());
  expect_problem(api_->post_job(sleeper()), 429, "queue_full");
  reload("");
  EXPECT_EQ(api_->post_job(sleeper()).status, 202);
}

TEST_F(Reloading, changes_limits_and_what_languages_say_of_them) {
  start("");
  if (IsSkipped()) return;
  json job = sleeper();
  job["limits"] = {{"wall_ms", 20'000}};
  const auto waiting_for = [&] { return api_->post_job(job).status; };
  EXPECT_EQ(waiting_for(), 202);
  reload("[limits.run.max]\nwall_ms = 15000\n");
  EXPECT_EQ(waiting_for(), 422);
  EXPECT_EQ(body_of(api_->get("/v1/languages/python"))["limits"]["max"]["wall_ms"], 15'000);
}

TEST_F(Reloading, a_job_that_is_no_longer_permitted_is_cancelled_with_the_reason) {
  start("");
  if (IsSkipped()) return;
  const auto first = api_->submit(sleeper());
  const auto second = api_->submit(sleeper());
  ASSERT_TRUE(becomes(first, "running"));
  ASSERT_TRUE(becomes(second, "running"));
  json job{{"language", "python"}, {"source", "print(1)"}, {"limits", {{"wall_ms", 20'000}}}};
  const auto third = api_->submit(job);
  reload("[limits.run.max]\nwall_ms = 15000\n");
  EXPECT_EQ(api_->request("DELETE", "/v1/jobs/" + first).status, 204);
  const json ended = api_->finished(third);
  EXPECT_EQ(ended["state"], "cancelled") << ended;
  EXPECT_THAT(ended["message"].get<std::string>(), HasSubstr("no longer permitted"));
}

TEST_F(Reloading, names_what_needs_a_restart) {
  start("");
  if (IsSkipped()) return;
  const json line = reload("[sandbox]\nspare_slots = 7\n[queue]\nmax_jobs = 7\n");
  EXPECT_EQ(line["changed"], "queue.max_jobs");
  EXPECT_EQ(line["needs_restart"], "sandbox.spare_slots");
}

TEST_F(Reloading, a_broken_file_changes_nothing_and_says_so) {
  start("[queue]\nmax_jobs = 1\n");
  if (IsSkipped()) return;
  EXPECT_EQ(check("configuration")["state"], "ok");
  const json line = reload("[queue]\nmax_jobs = 2\nmax_job = 3\n");
  EXPECT_TRUE(last_failed_);
  EXPECT_THAT(line["reason"].get<std::string>(), HasSubstr("queue.max_job"));
  EXPECT_THAT(line["reason"].get<std::string>(), HasSubstr("config.toml:3"));
  const json degraded = check("configuration");
  EXPECT_EQ(degraded["state"], "degraded");
  EXPECT_THAT(degraded["detail"].get<std::string>(), HasSubstr("max_job"));
  EXPECT_EQ(api_->get("/readyz").status, 200) << "it serves as before";
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(becomes(api_->submit(sleeper()), "running"));
  EXPECT_EQ(api_->post_job(sleeper()).status, 202);
  EXPECT_EQ(api_->post_job(sleeper()).status, 429) << "the old bound holds";
  EXPECT_EQ(reload("[queue]\nmax_jobs = 2\n")["changed"], "queue.max_jobs");
  EXPECT_EQ(check("configuration")["state"], "ok");
  EXPECT_EQ(api_->post_job(sleeper()).status, 202);
}

}  // namespace
}  // namespace cex::test
