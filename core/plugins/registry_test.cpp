// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/registry.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cex::plugins {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Declarative plugins in temporary folders; native ones are the matter of tests/plugins.
class RegistryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::canonical(::testing::TempDir()).string() + "/registryXXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  /// Writes <root>/<place>/plugin.json.
  void add(const std::string& place, const std::string& id,
           const std::vector<std::string>& languages,
           const std::vector<std::string>& aliases = {}) const {
    nlohmann::json json{{"schema", 1},        {"id", id},
                        {"version", "1.0.0"}, {"kind", "declarative"},
                        {"license", "MIT"},   {"languages", nlohmann::json::array()}};
    for (const std::string& language : languages) {
      json["languages"].push_back(
          {{"id", language},
           {"name", language},
           {"aliases", aliases},
           {"extensions", {"." + language}},
           {"default_file", "main"},
           {"hello", "x"},
           {"probe", {{"candidates", {language}}, {"args", {"-v"}}, {"version", "v{version}"}}},
           {"run", {{"argv", {"{executable}", "{entry}"}}}}});
    }
    write(place, json.dump());
  }

  void write(const std::string& place, const std::string& text) const {
    fs::create_directories(root_ + "/" + place);
    std::ofstream{root_ + "/" + place + "/plugin.json"} << text;
    ::chmod((root_ + "/" + place + "/plugin.json").c_str(), 0644);
  }

  [[nodiscard]] std::shared_ptr<const Registry> load(SearchOptions options = {}) const {
    if (options.directories.empty()) options.directories = {root_ + "/a", root_ + "/b"};
    return Registry::load(options);
  }

  static std::string state(const Registry& registry, const std::string& id, std::size_t nth = 0) {
    for (const auto& info : registry.plugins()) {
      if (info.id == id && nth-- == 0) return info.state + ": " + info.reason;
    }
    return "absent";
  }

  std::string root_;
};

TEST_F(RegistryTest, finds_languages_by_id_and_alias) {
  add("a/lua", "org.example.lua", {"lua"}, {"l"});
  const auto registry = load();
  ASSERT_NE(registry->find("lua"), nullptr);
  EXPECT_EQ(registry->find("l"), registry->find("lua"));
  EXPECT_EQ(registry->find("lu"), nullptr);
  EXPECT_EQ(registry->find("lua")->plugin->info.state, "loaded");
  EXPECT_THAT(registry->find("lua")->plugin->info.sha256, SizeIs(64));
}

TEST_F(RegistryTest, takes_a_search_directory_that_is_itself_a_plugin) {
  add("a", "org.example.lua", {"lua"});
  EXPECT_NE(load()->find("lua"), nullptr);
}

TEST_F(RegistryTest, first_directory_wins_and_the_other_is_shadowed) {
  add("b/lua", "org.example.lua", {"lua"});
  add("a/lua", "org.example.lua", {"lua"});
  const auto registry = load();
  EXPECT_THAT(registry->loaded(), SizeIs(1));
  EXPECT_EQ(registry->find("lua")->plugin->info.path, root_ + "/a/lua");
  EXPECT_THAT(state(*registry, "org.example.lua", 1),
              HasSubstr("shadowed: the plugin was found before"));
}

TEST_F(RegistryTest, the_configuration_decides_who_provides_a_language) {
  add("a/one", "org.example.one", {"lua", "moon"});
  add("b/two", "org.example.two", {"lua"});
  auto registry = load();
  EXPECT_EQ(registry->find("lua")->plugin->info.id, "org.example.one");
  EXPECT_THAT(state(*registry, "org.example.two"),
              HasSubstr("shadowed: lua is provided by org.example.one"));
  SearchOptions options;
  options.provider = {{"lua", "org.example.two"}};
  registry = load(options);
  EXPECT_EQ(registry->find("lua")->plugin->info.id, "org.example.two");
  EXPECT_EQ(registry->find("moon")->plugin->info.id, "org.example.one");
  EXPECT_THAT(state(*registry, "org.example.one"),
              HasSubstr("loaded: lua is provided by org.example.two"));
}

TEST_F(RegistryTest, an_alias_never_hides_a_language) {
  add("a/one", "org.example.one", {"aaa"}, {"zzz"});
  add("b/two", "org.example.two", {"zzz"});
  EXPECT_EQ(load()->find("zzz")->language->id, "zzz");
}

TEST_F(RegistryTest, leaves_out_what_is_switched_off) {
  add("a/lua", "org.example.lua", {"lua"});
  SearchOptions options;
  options.disabled = {"org.example.lua"};
  const auto registry = load(options);
  EXPECT_EQ(registry->find("lua"), nullptr);
  EXPECT_THAT(state(*registry, "org.example.lua"), HasSubstr("disabled"));
}

TEST_F(RegistryTest, goes_on_without_a_refused_plugin) {
  add("a/good", "org.example.good", {"lua"});
  write("a/bad", "{\"schema\": 1}");
  add("b/open", "org.example.open", {"moon"});
  ::chmod((root_ + "/b/open/plugin.json").c_str(), 0666);
  const auto registry = load();
  EXPECT_NE(registry->find("lua"), nullptr);
  EXPECT_EQ(registry->find("moon"), nullptr);
  EXPECT_THAT(state(*registry, "bad"), HasSubstr("refused: plugin.json"));
  EXPECT_THAT(state(*registry, "open"), HasSubstr("writable by group or others"));
}

TEST_F(RegistryTest, is_empty_where_there_is_nothing) {
  SearchOptions options;
  options.directories = {root_ + "/none", "", "/proc/self/mem"};
  EXPECT_THAT(load(options)->plugins(), SizeIs(0));
}

TEST_F(RegistryTest, takes_over_what_has_not_changed) {
  add("a/one", "org.example.one", {"one"});
  add("a/two", "org.example.two", {"two"});
  const auto before = load();
  add("a/two", "org.example.two", {"two", "more"});
  SearchOptions options;
  options.directories = {root_ + "/a", root_ + "/b"};
  const auto after = Registry::load(options, before.get());
  EXPECT_EQ(after->find("one")->plugin->spec, before->find("one")->plugin->spec);
  EXPECT_NE(after->find("two")->plugin->spec, before->find("two")->plugin->spec);
  EXPECT_NE(after->find("more"), nullptr);
  EXPECT_EQ(before->find("more"), nullptr);
  fs::remove_all(root_ + "/a/one");
  EXPECT_EQ(Registry::load(options, after.get())->find("one"), nullptr);
}

TEST_F(RegistryTest, keeps_the_old_one_where_its_successor_is_refused_or_out_of_sight) {
  add("a/one", "org.example.one", {"one"});
  SearchOptions options;
  options.directories = {root_ + "/a", root_ + "/b"};
  const auto first = load();
  write("a/one", "{");
  const auto second = Registry::load(options, first.get());
  ASSERT_NE(second->find("one"), nullptr);
  EXPECT_EQ(second->find("one")->plugin->spec, first->find("one")->plugin->spec);
  EXPECT_THAT(second->plugins()[0].reason, HasSubstr("version 1.0.0 goes on"));
  // Whose first version is bad has nothing that could go on.
  EXPECT_EQ(load()->find("one"), nullptr);
  add("a/one", "org.example.one", {"one"});
  const auto third = Registry::load(options, second.get());
  EXPECT_EQ(third->plugins()[0].reason, "");
  if (::geteuid() != 0) {
    ::chmod(root_.c_str(), 0);
    const auto hidden = Registry::load(options, third.get());
    ::chmod(root_.c_str(), 0755);
    ASSERT_NE(hidden->find("one"), nullptr);
    EXPECT_THAT(hidden->plugins()[0].reason, HasSubstr("may not look"));
  }
}

}  // namespace
}  // namespace cex::plugins
