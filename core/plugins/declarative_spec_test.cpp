// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/declarative_spec.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/plugins/manifest.hpp"

namespace cex::plugins {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

nlohmann::json lua() {
  return nlohmann::json::parse(R"({
    "schema": 1, "id": "org.example.lua", "version": "1.0.0", "kind": "declarative",
    "license": "Apache-2.0",
    "languages": [{
      "id": "lua", "name": "Lua", "aliases": ["l"], "extensions": [".lua"],
      "default_file": "main.lua", "hello": "print('Hello, world!')\n",
      "options": [
        {"id": "mode", "default": "b", "allowed": ["a", "b"]},
        {"id": "flags", "allowed": ["-W", "-e*"], "kind": "runtime_argument"}],
      "probe": {"candidates": ["lua5.4", "lua"], "args": ["-v"], "version": "Lua {version} "},
      "compile": [{"name": "check", "argv": ["{tool:luac5.4}", "-p", "{files...}"],
                   "outputs": ["*.luac"]}],
      "run": {"argv": ["{executable}", "{runtime_args...}", "--mode={option:mode}", "{entry}",
                       "{args...}"], "env": ["LUA_INIT="]},
      "hints": {"threads": 2, "exec_memory": true},
      "diagnostics": ["luac5.4: {file}:{line}: {message}"]
    }]})");
}

DeclarativeSpec spec_of(const nlohmann::json& json) {
  auto manifest = parse_manifest(json.dump());
  EXPECT_TRUE(manifest) << manifest.error().message;
  return DeclarativeSpec{std::move(manifest->declared)};
}

langspec::PlanRequest request(langspec::Phase phase) {
  langspec::PlanRequest asked;
  asked.phase = phase;
  asked.language = "lua";
  asked.executable = "/usr/bin/lua5.4";
  asked.entry_file = "main.lua";
  asked.files = {"main.lua", "-x.lua"};
  asked.options = {"mode=a"};
  return asked;
}

TEST(DeclarativeSpec, describes_what_was_written) {
  const auto description = spec_of(lua()).describe();
  ASSERT_TRUE(description);
  EXPECT_TRUE(description->languages.at(0).compiled);
  EXPECT_EQ(description->options.at(1).kind, langspec::Option::Kind::runtime_argument);
  EXPECT_THAT(description->probes.at(0).candidates, ElementsAre("lua5.4", "lua"));
}

TEST(DeclarativeSpec, recognises_a_version) {
  const auto spec = spec_of(lua());
  const auto found = spec.recognise({"lua", "/usr/bin/lua5.4", 0, "Lua 5.4.4  Copyright\n", ""});
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, "lua-5.4.4");
  EXPECT_EQ((*found)->label, "Lua 5.4.4");
  EXPECT_FALSE(*spec.recognise({"lua", "/usr/bin/lua5.4", 1, "Lua 5.4.4  ", ""}));
  EXPECT_FALSE(*spec.recognise({"other", "/usr/bin/lua5.4", 0, "Lua 5.4.4  ", ""}));
}

TEST(DeclarativeSpec, fills_in_holes_and_makes_files_no_options) {
  const auto spec = spec_of(lua());
  const auto check = spec.plan(request(langspec::Phase::compile));
  EXPECT_THAT(check->steps.at(0).argv,
              ElementsAre("/usr/bin/luac5.4", "-p", "./main.lua", "./-x.lua"));
  auto asked = request(langspec::Phase::run);
  asked.args = {"{executable}"};
  asked.compile_args = {"-W", "-O2"};
  const auto run = spec.plan(asked);
  const auto& step = run->steps.at(0);
  EXPECT_THAT(step.argv,
              ElementsAre("/usr/bin/lua5.4", "-W", "--mode=a", "./main.lua", "{executable}"));
  EXPECT_TRUE(step.keep_stdin);
  EXPECT_TRUE(step.needs_exec_memory);
  EXPECT_EQ(step.hints.threads, 2U);
  EXPECT_THAT(spec.plan(request(langspec::Phase::warm))->steps, IsEmpty());
}

TEST(DeclarativeSpec, does_not_expand_what_it_filled_in) {
  auto asked = request(langspec::Phase::run);
  asked.entry_file = "{option:mode}.lua";
  EXPECT_EQ(spec_of(lua()).plan(asked)->steps.at(0).argv.back(), "./{option:mode}.lua");
}

TEST(DeclarativeSpec, reads_diagnostics_by_its_patterns) {
  const auto found = spec_of(lua()).diagnose(
      "lua", "luac5.4: ./main.lua:3: '=' expected\nother\n" + std::string(300'000, ':'), false);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->at(0).file, "main.lua");
  EXPECT_EQ(found->at(0).line, 3U);
  EXPECT_EQ(found->at(0).message, "'=' expected");
}

TEST(DeclarativeSpec, refuses_what_the_host_could_not_fill_in) {
  struct Case {
    const char* path;
    nlohmann::json value;
    const char* message;
  };
  const Case table[] = {
      {"/languages/0/run/argv/0", "{shell}", "unknown placeholder {shell}"},
      {"/languages/0/run/argv/0", "{tool:../sh}", "unknown placeholder"},
      {"/languages/0/run/argv/0", "{option:none}", "unknown placeholder"},
      {"/languages/0/run/argv/0", "{executable", "never closes"},
      {"/languages/0/run/argv/0", "x{args...}", "must be an item of its own"},
      {"/languages/0/run/argv", nlohmann::json::array(), "/languages/0/run/argv is empty"},
      {"/languages/0/run/cwd", "/", "unknown field 'cwd'"},
      {"/languages/0/probe/version", "Lua", "with one {version}"},
      {"/languages/0/diagnostics/0", "{file}{line}", "with text between them"},
      {"/languages/0/options/0/default", "c", "must be one of allowed"},
      {"/languages/0/options/1/kind", "free_text", "/languages/0/options/1/kind must be"},
      {"/languages/0/id", "Lua", "/languages/0/id must match"},
      {"/languages/0/hints/threads", 70'000, "/languages/0/hints/threads is too large"},
  };
  for (const Case& one : table) {
    auto json = lua();
    json[nlohmann::json::json_pointer(one.path)] = one.value;
    const auto manifest = parse_manifest(json.dump());
    ASSERT_FALSE(manifest) << one.path;
    EXPECT_THAT(manifest.error().message, HasSubstr(one.message)) << one.path;
  }
}

}  // namespace
}  // namespace cex::plugins
