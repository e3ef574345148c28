// SPDX-License-Identifier: Apache-2.0
#include "core/config/config_loader.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::config {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConfigLoader : public ::testing::Test {
 protected:
  ConfigLoader() {
    std::string pattern = ::testing::TempDir() + "cex-config-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    options_.file = (folder_ / "config.toml").string();
    options_.environment = [this](const char* name) -> const char* {
      const auto found = environment_.find(name);
      return found == environment_.end() ? nullptr : found->second.c_str();
    };
  }
  ~ConfigLoader() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream{folder_ / name} << text;
  }

  std::string error_of(const std::string& text) {
    write("config.toml", text);
    const auto loaded = load(options_);
    return loaded ? "no error" : loaded.error().message;
  }

  std::filesystem::path folder_;
  LoadOptions options_;
  std::map<std::string, std::string> environment_;
};

TEST_F(ConfigLoader, without_a_file_the_defaults_hold) {
  const auto config = load(options_);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->server.listen, "127.0.0.1:8080");
}

TEST_F(ConfigLoader, a_file_that_somebody_named_must_be_there) {
  options_.file_required = true;
  const auto config = load(options_);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, Errc::config);
  EXPECT_THAT(config.error().message, HasSubstr("config.toml"));
}

TEST_F(ConfigLoader, reads_every_kind_of_value) {
  write("config.toml", R"(
data_dir = "/var/lib/x"
[server]
max_connections = 7
header_timeout_ms = 1500
max_body_bytes = "32 MiB"
[sandbox]
insecure_no_cgroup_limits = true
toolchain_roots = ["/usr", "/opt/tools"]
[audit]
sync = "always"
[log]
level = "warning"
[limits.run.max]
cpus = 1.5
memory_bytes = 1073741824
[plugins]
path = ["/a", "/b"]
[plugins.provider]
python = "org.example.python"
[languages.cpp]
enabled = false
[languages.java.run]
memory_bytes = "512 MiB"
)");
  const auto config = load(options_);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->data_dir, "/var/lib/x");
  EXPECT_EQ(config->server.max_connections, 7U);
  EXPECT_EQ(config->server.header_timeout, milliseconds{1500});
  EXPECT_EQ(config->server.max_body_bytes, std::uint64_t{32} << 20U);
  EXPECT_TRUE(config->sandbox.insecure_no_cgroup_limits);
  EXPECT_THAT(config->sandbox.toolchain_roots, ElementsAre("/usr", "/opt/tools"));
  EXPECT_EQ(config->audit.sync, AuditSync::always);
  EXPECT_EQ(config->log.level, log::Level::warning);
  EXPECT_EQ(config->run.max.cpus_milli, 1500U);
  EXPECT_THAT(config->plugins.path, ElementsAre("/a", "/b"));
  EXPECT_EQ(config->plugins.provider.at("python"), "org.example.python");
  EXPECT_FALSE(config->languages.at("cpp").enabled);
  EXPECT_EQ(config->languages.at("java").run_defaults.memory_bytes, std::uint64_t{512} << 20U);
}

TEST_F(ConfigLoader, all_errors_come_at_once_each_with_its_place) {
  const std::string text = error_of(
      "[server]\n"
      "lisen = \"x\"\n"
      "max_connections = 0\n"
      "header_timeout_ms = \"soon\"\n"
      "[log]\n"
      "level = \"loud\"\n");
  EXPECT_THAT(text, HasSubstr("config.toml:2:1: unknown key server.lisen (known here: listen"));
  EXPECT_THAT(text, HasSubstr("config.toml:3:1: server.max_connections must lie between 1 and"));
  EXPECT_THAT(text, HasSubstr("config.toml:4:1: server.header_timeout_ms must be a whole number"));
  EXPECT_THAT(text, HasSubstr("config.toml:6:1: log.level must be one of: debug, info"));
}

TEST_F(ConfigLoader, refuses_what_is_not_toml_or_has_another_type) {
  EXPECT_THAT(error_of("[server\n"), HasSubstr("config.toml:1:"));
  EXPECT_THAT(error_of("server = 1\n"), HasSubstr("unknown key server"));
  EXPECT_THAT(error_of("[server.listen]\nx = 1\n"), HasSubstr("unknown key server.listen.x"));
  EXPECT_THAT(error_of("[plugins]\npath = \"/a\"\n"), HasSubstr("a list of strings"));
  EXPECT_THAT(error_of("[plugins]\npath = [1]\n"), HasSubstr("a list of strings"));
  EXPECT_THAT(error_of("[limits.run.max]\ncpus = nan\n"), HasSubstr("cpus must lie between"));
  EXPECT_THAT(error_of("[limits.run.max]\nmemory_bytes = 1.5\n"), HasSubstr("number of bytes"));
  EXPECT_THAT(error_of("[limits.run.max]\nmemory_bytes = \"8 EiB\"\n"),
              HasSubstr("a size such as"));
  EXPECT_THAT(error_of("[limits.run.max]\nwall_ms = 0\n"), HasSubstr("between 1 and"));
  EXPECT_THAT(error_of("[limits.run.max]\nwall_ms = -5\n"), HasSubstr("between 1 and"));
  EXPECT_THAT(error_of("[languages.\"../x\"]\nenabled = true\n"), HasSubstr("unknown key"));
  EXPECT_THAT(error_of("[server]\nlisten = \"8080\"\n"), HasSubstr("HOST:PORT"));
  EXPECT_THAT(error_of("[sandbox]\ntoolchain_roots = [\"/\"]\n"), HasSubstr("and not /"));
}

TEST_F(ConfigLoader, a_default_above_its_maximum_is_an_error_only_if_somebody_set_it) {
  EXPECT_THAT(error_of("[limits.run.default]\nmemory_bytes = \"64 MiB\"\n"
                       "[limits.run.max]\nmemory_bytes = \"32 MiB\"\n"),
              HasSubstr("config.toml:2:1: limits.run.default.memory_bytes is above"));
  write("config.toml", "[limits.run.max]\nmemory_bytes = \"32 MiB\"\n");
  EXPECT_EQ(load(options_)->run.defaults.memory_bytes, std::uint64_t{32} << 20U);
  EXPECT_THAT(error_of("[languages.go.compile]\nwall_ms = 90000000\n"),
              HasSubstr("languages.go.compile.wall_ms is above the largest"));
}

TEST_F(ConfigLoader, later_sources_win) {
  write("config.toml", "[server]\nlisten = \"127.0.0.1:1\"\nmax_connections = 1\n");
  write("conf.d/20-b.toml", "[server]\nlisten = \"127.0.0.1:3\"\n");
  write("conf.d/10-a.toml", "[server]\nlisten = \"127.0.0.1:2\"\n");
  write("conf.d/ignored.txt", "not toml [");
  EXPECT_EQ(load(options_)->server.listen, "127.0.0.1:3");
  environment_["CODE_EXECUTOR_SERVER_LISTEN"] = "127.0.0.1:4";
  EXPECT_EQ(load(options_)->server.listen, "127.0.0.1:4");
  options_.overrides = {{"server.listen", "127.0.0.1:5"}};
  EXPECT_EQ(load(options_)->server.listen, "127.0.0.1:5");
  EXPECT_EQ(load(options_)->server.max_connections, 1U);
}

TEST_F(ConfigLoader, errors_of_environment_and_command_line_name_their_source) {
  environment_["CODE_EXECUTOR_SANDBOX_SLOTS"] = "many";
  options_.overrides = {{"server.nothing", "1"}, {"log.level", "loud"}};
  const auto loaded = load(options_);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("environment CODE_EXECUTOR_SANDBOX_SLOTS: "));
  EXPECT_THAT(loaded.error().message, HasSubstr("command line: unknown key server.nothing"));
  EXPECT_THAT(loaded.error().message, HasSubstr("command line: log.level must be one of"));
}

TEST_F(ConfigLoader, lists_from_text_are_split_and_a_plus_adds_an_item) {
  environment_["CODE_EXECUTOR_PLUGINS_PATH"] = "/a:/b";
  options_.overrides = {{"plugins.path+", "/c:d"}};
  EXPECT_THAT(load(options_)->plugins.path, ElementsAre("/a", "/b", "/c:d"));
  options_.overrides = {{"server.listen+", "x"}};
  EXPECT_FALSE(load(options_));
}

TEST_F(ConfigLoader, folders_on_the_command_line_are_taken_from_the_working_directory) {
  options_.overrides = {{"data_dir", "state"}, {"plugins.path+", "../p"}};
  const auto here = std::filesystem::current_path();
  const auto config = load(options_);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->data_dir, here / "state");
  EXPECT_THAT(config->plugins.path, ElementsAre(here.parent_path() / "p"));
  options_.overrides.clear();
  EXPECT_THAT(error_of("data_dir = \"state\"\n"), HasSubstr("data_dir must be an absolute path"));
}

TEST_F(ConfigLoader, settings_show_every_value_with_its_origin) {
  write("config.toml", "[server]\nmax_connections = 9\n[languages.c]\nenabled = false\n");
  environment_["CODE_EXECUTOR_LOG_LEVEL"] = "debug";
  const auto list = settings(options_);
  ASSERT_TRUE(list) << list.error().message;
  const auto find = [&](std::string_view path) {
    return *std::ranges::find(*list, path, &Setting::path);
  };
  EXPECT_EQ(find("server.max_connections").value, "9");
  EXPECT_THAT(find("server.max_connections").origin, HasSubstr("config.toml:2:1"));
  EXPECT_EQ(find("log.level").origin, "environment CODE_EXECUTOR_LOG_LEVEL");
  EXPECT_EQ(find("log.level").value, "\"debug\"");
  EXPECT_EQ(find("audit.sync").origin, "default");
  EXPECT_EQ(find("languages.c.enabled").value, "false");
  for (const Setting& setting : *list) EXPECT_FALSE(setting.description.empty()) << setting.path;
}

TEST_F(ConfigLoader, one_role_alone_needs_a_shared_queue) {
  write("config.toml", "roles = [\"worker\"]\n");
  const auto alone = load(options_);
  ASSERT_FALSE(alone);
  EXPECT_THAT(alone.error().message, HasSubstr("queue.backend"));
  write("config.toml", "roles = [\"worker\"]\n[queue]\nbackend = \"redis\"\n");
  const auto shared = load(options_);
  ASSERT_TRUE(shared) << shared.error().message;
  EXPECT_TRUE(shared->runs_jobs());
  EXPECT_FALSE(shared->takes_requests());
  write("config.toml", "roles = [\"boss\"]\n[queue]\nbackend = \"redis\"\n");
  EXPECT_THAT(load(options_).error().message, HasSubstr("'boss'"));
}

TEST_F(ConfigLoader, refuses_addresses_that_no_redis_has) {
  for (const char* address : {"redis", "unix:relative", "a:1,,b:2"}) {
    write("config.toml", "[queue.redis]\naddress = \"" + std::string{address} + "\"\n");
    const auto loaded = load(options_);
    ASSERT_FALSE(loaded) << address;
    EXPECT_THAT(loaded.error().message, HasSubstr("queue.redis.address"));
  }
}

/// packaging/config/config.toml with every "#name = value" and "#[table]" made real.
std::string uncommented_example() {
  std::ifstream file{CEX_SOURCE_DIR "/packaging/config/config.toml"};
  std::string text;
  for (std::string line; std::getline(file, line);) {
    const bool is_key = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    text += (is_key ? line.substr(1) : line) + "\n";
  }
  return text;
}

TEST_F(ConfigLoader, the_packaged_example_is_valid_and_knows_every_key) {
  write("config.toml", uncommented_example());
  const auto list = settings(options_);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_GT(list->size(), 60U);
  for (const Setting& setting : *list) EXPECT_NE(setting.origin, "default") << setting.path;
}

}  // namespace
}  // namespace cex::config
