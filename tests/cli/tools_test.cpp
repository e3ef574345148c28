// SPDX-License-Identifier: Apache-2.0
// The commands that need no box.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/audit/auditor.hpp"
#include "tests/cli/command.hpp"

namespace cex::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Ended cex(std::vector<std::string> args,
          std::vector<std::pair<std::string, std::string>> environment = {}) {
  args.insert(args.begin(), CEX_PROGRAM);
  return run({std::move(args), {}, std::move(environment)});
}

class CexTools : public ::testing::Test {
 protected:
  CexTools() {
    std::string pattern = ::testing::TempDir() + "cex-tools-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~CexTools() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::filesystem::path folder_;
};

TEST_F(CexTools, explains_itself) {
  EXPECT_EQ(cex({"--help"}).status, 0);
  EXPECT_THAT(cex({"--help"}).out, HasSubstr("doctor"));
  EXPECT_THAT(cex({"run", "--help"}).out, HasSubstr("--stdin"));
  EXPECT_THAT(cex({"--version"}).out, StartsWith("cex 0."));
}

TEST_F(CexTools, wrong_usage_is_64) {
  EXPECT_EQ(cex({}).status, 64);
  EXPECT_EQ(cex({"fly"}).status, 64);
  EXPECT_EQ(cex({"run"}).status, 64);
  EXPECT_EQ(cex({"run", "--no-such-option", "x.py"}).status, 64);
  EXPECT_EQ(cex({"run", "--option", "novalue", "x.py"}).status, 64);
  EXPECT_THAT(cex({"run", "/nowhere/x.py"}).err, HasSubstr("/nowhere/x.py"));
  EXPECT_EQ(cex({"run", "/nowhere/x.py"}).status, 64);
  const std::string script = (folder_ / "a.py").string();
  std::ofstream{script} << "print()";
  EXPECT_EQ(cex({"run", "--time", "0", script}).status, 64);
  EXPECT_EQ(cex({"run", "--time", "soon", script}).status, 64);
  EXPECT_THAT(cex({"run", "--memory", "much", script}).err, HasSubstr("256M"));
}

TEST_F(CexTools, config_show_tells_values_and_origins) {
  const std::string file = (folder_ / "c.toml").string();
  std::ofstream{file} << "[server]\nmax_connections = 5\n";
  const auto shown =
      cex({"--config", file, "config", "show", "--json"}, {{"CODE_EXECUTOR_LOG_LEVEL", "debug"}});
  ASSERT_EQ(shown.status, 0) << shown.err;
  bool connections = false;
  bool level = false;
  for (const auto& entry : nlohmann::json::parse(shown.out)) {
    if (entry["key"] == "server.max_connections") {
      connections = true;
      EXPECT_EQ(entry["value"], "5");
      EXPECT_THAT(entry["origin"].get<std::string>(), HasSubstr("c.toml:2"));
    }
    if (entry["key"] == "log.level") {
      level = true;
      EXPECT_EQ(entry["origin"], "environment CODE_EXECUTOR_LOG_LEVEL");
    }
  }
  EXPECT_TRUE(connections && level);
}

TEST_F(CexTools, a_wrong_configuration_is_78_and_names_the_line) {
  const std::string file = (folder_ / "c.toml").string();
  std::ofstream{file} << "[server]\nlisten = 5\n";
  const auto shown = cex({"--config", file, "config", "show"});
  EXPECT_EQ(shown.status, 78);
  EXPECT_THAT(shown.err, HasSubstr("c.toml:2:1: server.listen"));
  EXPECT_EQ(cex({"--config", "/nowhere.toml", "config", "show"}).status, 78);
}

TEST_F(CexTools, audit_verify_tells_a_good_log_from_a_changed_one) {
  {
    const auto log = audit::Auditor::open((folder_ / "audit").string(), {});
    ASSERT_TRUE(log) << log.error().message;
    AuditRecord record;
    record.job = "the-job";
    ASSERT_TRUE((*log)->append(record));
    ASSERT_TRUE((*log)->close());
  }
  const std::string audit = (folder_ / "audit").string();
  const auto good = cex({"audit", "verify", audit});
  EXPECT_EQ(good.status, 0) << good.out;
  EXPECT_THAT(good.out, HasSubstr("verified: 3 records"));

  const std::string file = audit + "/audit-000001.jsonl";
  std::ifstream stream{file};
  std::string text{std::istreambuf_iterator<char>{stream}, {}};
  text.replace(text.find("the-job"), 7, "not-job");
  std::ofstream{file} << text;
  const auto bad = cex({"audit", "verify", audit});
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.out, HasSubstr("audit-000001.jsonl:2: was changed"));
  const auto json = cex({"audit", "verify", "--json", file});
  EXPECT_EQ(json.status, 1);
  EXPECT_EQ(nlohmann::json::parse(json.out)["verified"], false);
  EXPECT_EQ(cex({"audit", "verify", "/nowhere"}).status, 1);
}

TEST_F(CexTools, plugin_check_passes_ours_and_fails_an_empty_folder) {
  for (const std::string name : {"python", "cpp", "go", "jvm"}) {
    const auto checked = cex({"plugin", "check", std::string{CEX_PLUGINS} + "/" + name});
    EXPECT_EQ(checked.status, 0) << checked.out;
    EXPECT_THAT(checked.out, HasSubstr("passed"));
  }
  EXPECT_EQ(cex({"plugin", "check", folder_.string()}).status, 1);
}

}  // namespace
}  // namespace cex::test
