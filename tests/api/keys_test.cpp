// SPDX-License-Identifier: Apache-2.0
// Who may do what: API keys, roles, tenants, rates.
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <thread>

#include "core/access/key_file.hpp"
#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

using ::testing::HasSubstr;

// A key that is known is looked up again once a second.
bool soon(const std::function<bool()>& happened) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (std::chrono::steady_clock::now() < deadline) {
    if (happened()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  return false;
}

class Keys : public ::testing::Test {
 protected:
  void SetUp() override {
    daemon_ = std::make_unique<DaemonProcess>(dir_.path(), std::vector<std::string>{"--slots", "1"},
                                              std::vector<std::string>{});
    api_.emplace(daemon_->port());
  }

  std::string make_key(Principal principal, std::string* prefix = nullptr) {
    std::string secret;
    const auto made = file().change([&](const std::string& pepper, auto& keys) {
      auto key = access::make_key(pepper, "test", principal, std::nullopt,
                                  std::chrono::system_clock::now());
      secret = key.secret;
      if (prefix != nullptr) *prefix = key.record.prefix;
      keys.push_back(std::move(key.record));
      return Result<void>{};
    });
    EXPECT_TRUE(made) << made.error().message;
    // At once, whatever the server knew of its keys.
    EXPECT_NE(api_->get("/v1/languages", with(secret)).status, 401);
    return secret;
  }
  std::string make_key(const std::string& tenant, std::vector<Role> roles) {
    Principal principal;
    principal.tenant = tenant;
    principal.roles = std::move(roles);
    return make_key(principal);
  }
  access::KeyFile file() const { return access::KeyFile{dir_.path() + "/state"}; }
  static Headers with(const std::string& key) { return {{"Authorization", "Bearer " + key}}; }
  HttpResponse post(const json& job, const std::string& key, const std::string& query = "") const {
    return api_->request("POST", "/v1/jobs" + query, job.dump(), with(key));
  }
  bool has_python() const {
    return body_of(api_->get("/v1/languages/python")).value("usable", false);
  }

  ScratchDir dir_;
  std::unique_ptr<DaemonProcess> daemon_;
  std::optional<Api> api_;
};

const json kHello{{"language", "python"}, {"source", "print('hello')"}};

TEST_F(Keys, without_any_only_this_machine_may_connect) {
  const std::string command = std::string{CEX_DAEMON} + " --listen 0.0.0.0:0 --data-dir " +
                              dir_.path() + "/other 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string said;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
  const int status = ::pclose(pipe);
  EXPECT_EQ(WEXITSTATUS(status), 78) << said;
  EXPECT_THAT(said, HasSubstr("no API keys"));
  EXPECT_THAT(said, HasSubstr("cex key create"));
}

TEST_F(Keys, are_asked_for_once_there_is_one) {
  EXPECT_EQ(api_->get("/v1/jobs").status, 200);
  const std::string key = make_key("a", {Role::run});
  const auto refused = api_->get("/v1/jobs");
  expect_problem(refused, 401, "unauthenticated");
  EXPECT_THAT(refused.header("www-authenticate"), HasSubstr("Bearer"));
  EXPECT_EQ(api_->get("/v1/jobs", {{"X-API-Key", key}}).status, 200);
  EXPECT_EQ(api_->get("/v1/jobs", {{"Authorization", "bearer  " + key}}).status, 200);
  for (const Headers& headers :
       {Headers{{"Authorization", "Basic " + key}}, Headers{{"X-API-Key", key + "0"}},
        Headers{{"X-API-Key", key}, {"Authorization", "Bearer " + key}},
        Headers{{"Authorization", key}}, Headers{{"X-API-Key", std::string(9000, 'k')}}}) {
    const auto response = api_->get("/v1/jobs", headers);
    EXPECT_TRUE(response.status == 401 || response.status == 431) << response.status;
  }
  // A body that nobody will read is not asked for.
  expect_problem(api_->request("POST", "/v1/jobs", kHello.dump()), 401, "unauthenticated");
  for (const char* open : {"/healthz", "/readyz", "/openapi.json"}) {
    EXPECT_EQ(api_->get(open).status, 200) << open;
  }
}

TEST_F(Keys, a_revoked_key_is_worthless_and_does_not_open_the_door_for_strangers) {
  const std::string key = make_key("a", {Role::run});
  ASSERT_TRUE(file().change([](const std::string&, auto& keys) {
    keys.at(0).revoked_at = std::chrono::system_clock::now();
    return Result<void>{};
  }));
  EXPECT_TRUE(soon([&] { return api_->get("/v1/jobs", with(key)).status == 401; }));
  expect_problem(api_->get("/v1/jobs"), 401, "unauthenticated");
}

TEST_F(Keys, guessing_is_slowed_down) {
  const std::string key = make_key("a", {Role::run});
  HttpResponse last;
  for (int i = 0; i < 100 && last.status != 429; ++i) {
    last = api_->get("/v1/jobs", with("cex_000000000000_" + std::to_string(i)));
  }
  expect_problem(last, 429, "rate_limited");
  EXPECT_EQ(api_->get("/v1/jobs", with(key)).status, 200);  // others behind the address go on
}

TEST_F(Keys, roles_bound_what_one_may_do) {
  const std::string run = make_key("a", {Role::run});
  const std::string read = make_key("a", {Role::read});
  const std::string auditor = make_key("a", {Role::auditor});
  expect_problem(post(kHello, read), 403, "forbidden");
  expect_problem(post(kHello, auditor), 403, "forbidden");
  expect_problem(api_->get("/v1/jobs", with(auditor)), 403, "forbidden");
  expect_problem(api_->get("/metrics", with(run)), 403, "forbidden");
  EXPECT_EQ(api_->get("/metrics", with(auditor)).status, 200);
  EXPECT_EQ(api_->get("/v1/jobs", with(read)).status, 200);
}

TEST_F(Keys, another_tenants_job_does_not_exist) {
  if (!has_python()) GTEST_SKIP() << "python is not usable here";
  const std::string a = make_key("a", {Role::run});
  const std::string b = make_key("b", {Role::run});
  const std::string admin = make_key("c", {Role::admin});
  const std::string id = body_of(post(kHello, a, "?wait=60"))["id"];
  const std::string path = "/v1/jobs/" + id;
  EXPECT_EQ(api_->get(path, with(a)).status, 200);
  EXPECT_EQ(api_->get(path, with(admin)).status, 200);
  const auto other = api_->get(path, with(b));
  expect_problem(other, 404, "not_found");
  const auto unknown = api_->get("/v1/jobs/" + std::string(32, '0'), with(b));
  EXPECT_EQ(body_of(other)["detail"], body_of(unknown)["detail"]);
  expect_problem(api_->get(path + "/events", with(b)), 404, "not_found");
  expect_problem(api_->request("DELETE", path, {}, with(b)), 404, "not_found");
  EXPECT_TRUE(body_of(api_->get("/v1/jobs", with(b)))["jobs"].empty());
  EXPECT_EQ(body_of(api_->get("/v1/jobs", with(a)))["jobs"].size(), 1U);
  EXPECT_EQ(api_->request("DELETE", path, {}, with(a)).status, 204);
}

TEST_F(Keys, narrow_what_jobs_may_ask_for) {
  if (!has_python()) GTEST_SKIP() << "python is not usable here";
  Principal principal;
  principal.tenant = "a";
  principal.roles = {Role::run};
  principal.permit.languages = {"python"};
  principal.permit.network = false;
  principal.permit.max.wall = std::chrono::milliseconds{2000};
  const std::string key = make_key(principal);
  json other = kHello;
  other["language"] = "c";
  other["source"] = "int main(void) { return 0; }";
  const auto language = post(other, key);
  EXPECT_TRUE(language.status == 403 || language.status == 422) << language.body;
  json network = kHello;
  network["network"] = {{"allow", {"example.org:443"}}};
  const auto refused = post(network, key);
  expect_problem(refused, 403, "forbidden");
  EXPECT_EQ(body_of(refused)["errors"][0]["pointer"], "/network");
  json slow = kHello;
  slow["limits"] = {{"wall_ms", 2001}};
  expect_problem(post(slow, key), 422, "limit_too_high");
  // The default is above what the key permits, so the key's limit holds.
  json sleeper = kHello;
  sleeper["source"] = "import time\ntime.sleep(8)\n";
  EXPECT_EQ(body_of(post(sleeper, key, "?wait=60"))["status"], "time_limit");
}

TEST_F(Keys, a_rate_is_told_in_headers) {
  Principal principal;
  principal.tenant = "a";
  principal.roles = {Role::read};
  principal.rate = Rate{0.01, 5};
  const std::string key = make_key(principal);
  HttpResponse last;
  for (int i = 0; i < 6 && last.status != 429; ++i) last = api_->get("/v1/jobs", with(key));
  expect_problem(last, 429, "rate_limited");
  EXPECT_GT(std::stoi(last.header("retry-after")), 1);
  EXPECT_EQ(last.header("ratelimit-limit"), "5");
  EXPECT_EQ(last.header("ratelimit-remaining"), "0");
}

}  // namespace
}  // namespace cex::test
