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

TEST_F(CexTools, a_new_plugin_of_each_kind_works_as_it_is) {
  for (const std::string kind : {"declarative", "cpp", "c"}) {
    const auto folder = folder_ / kind;
    const auto made = cex({"plugin", "new", "fresh", "--kind", kind, "--id", "org.example.mine",
                           "--dir", folder.string()});
    ASSERT_EQ(made.status, 0) << made.err;
    EXPECT_THAT(made.out, HasSubstr("run --language fresh"));
    if (kind != "declarative") {
      const bool cpp = kind == "cpp";
      const auto built =
          run({{cpp ? "/usr/bin/g++" : "/usr/bin/gcc", cpp ? "-std=c++17" : "-std=c11", "-shared",
                "-fPIC", "-fvisibility=hidden", "-I" CEX_PLUGIN_INCLUDE,
                "-Wl,--version-script=" CEX_PLUGIN_INCLUDE "/../cmake/plugin.map",
                (folder / ("fresh." + kind)).string(), "-o", (folder / "fresh.so").string()},
               {},
               {}});
      ASSERT_EQ(built.status, 0) << built.err;
    }
    const auto checked = cex({"plugin", "check", folder.string()});
    EXPECT_EQ(checked.status, 0) << checked.out;
    const auto dumped = cex({"plugin", "dump", folder.string()});
    ASSERT_EQ(dumped.status, 0) << dumped.err;
    const auto document = nlohmann::json::parse(dumped.out);
    EXPECT_EQ(document["id"], "org.example.mine");
    EXPECT_EQ(document["languages"][0]["id"], "fresh");
    EXPECT_FALSE(document["probes"].empty());
    const auto listed = cex({"--plugin-dir", folder.string(), "plugin", "list"});
    EXPECT_THAT(listed.out, HasSubstr("org.example.mine"));
    // What is there already is not written over.
    const auto again = cex({"plugin", "new", "fresh", "--kind", kind, "--dir", folder.string()});
    EXPECT_NE(again.status, 0);
    EXPECT_THAT(again.err, HasSubstr("not empty"));
  }
  EXPECT_THAT(cex({"plugin", "new", "Not An Id"}).err, HasSubstr("cannot be a language's id"));
  EXPECT_EQ(cex({"plugin", "new", "x", "--kind", "rust"}).status, 64);
  EXPECT_THAT(cex({"plugin", "dump", folder_.string()}).err, HasSubstr("no plugin.json"));
}

TEST_F(CexTools, plugin_list_tells_why_one_is_not_loaded) {
  const auto folder = folder_ / "bad";
  std::filesystem::create_directory(folder);
  std::ofstream{folder / "plugin.json"} << "{";
  const auto listed = cex({"--plugin-dir", folder.string(), "plugin", "list", "--json"});
  ASSERT_EQ(listed.status, 0) << listed.err;
  bool found = false;
  for (const auto& plugin : nlohmann::json::parse(listed.out)) {
    if (plugin["path"] != folder.string()) continue;
    found = true;
    EXPECT_EQ(plugin["state"], "refused");
    EXPECT_THAT(plugin["reason"].get<std::string>(), HasSubstr("JSON"));
  }
  EXPECT_TRUE(found) << listed.out;
}

}  // namespace
}  // namespace cex::test
