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
      "compile": [{"name": "check", "argv": ["{beside:luac5.4}", "-p", "{files...}"],
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
  asked.toolchain = "lua-5.4.4";
  asked.version = "5.4.4";
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
  EXPECT_EQ((*spec.recognise({"lua", "/opt/Lua 5.1 /lua", 0, "", ""}))->version, "5.1");
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

nlohmann::json lisp() {
  return nlohmann::json::parse(R"json({
    "schema": 1, "id": "org.example.lisp", "version": "1.0.0", "kind": "declarative",
    "license": "Apache-2.0",
    "languages": [{
      "id": "lisp", "name": "Lisp", "extensions": [".l", ".lisp"], "default_file": "main.l",
      "hello": "x", "env": ["A=1"], "hints": {"threads": 2},
      "options": [{"id": "speed", "default": "1", "allowed": ["0", "1"]},
                  {"id": "flags", "allowed": ["-q"], "kind": "runtime_argument"}],
      "tools": [{"id": "link", "candidates": ["ld"], "args": ["-v"]},
                {"id": "strip", "candidates": ["strip"], "args": ["-v"]}],
      "toolchains": [
        {"id": "fast", "probe": {"candidates": ["fl"], "args": [], "version": "fl {version}",
                                 "any_exit_code": true},
         "env": ["B={version}"], "hints": {"proc": true},
         "layers": [{"id": "core", "per_options": ["speed"], "inputs": ["/usr/lib/fl"], "steps": [
           {"name": "dump", "argv": ["{executable}", "--dump"], "outputs": ["core"],
            "files": [{"path": "seed.l", "lines": ["(a)", "(b)"]}]}]}],
         "compile": [
           {"name": "quick", "argv": ["{executable}", "{name}"], "attempt": true,
            "unless": ["oops"]},
           {"name": "full", "layers": ["core"], "outputs": ["{stem}.o"], "cwd": "sub",
            "repeatable": {"unless_sources_have": ["today"]},
            "argv": ["{executable}", {"if": {"layer": "core"}, "then": ["--core={layer:core}/core{{x}"],
                                      "else": ["--plain"]},
                     {"if": {"option": "speed", "is": ["1"]}, "then": ["-O", "{sources...}"]},
                     {"if": {"version": "2.10"}, "then": ["--new"], "else": ["--old"]}]},
           {"name": "link", "argv": ["{tool:link}", "{box}/{stem}.o", "{prefix}/lib",
              {"if": {"tool": "strip"}, "then": ["--by={tool:strip}"], "else": ["--whole"]}]}],
         "run": {"argv": ["{box}/{stem}", "{runtime_args...}", "{args...}"],
                 "preboot": {"argv": ["{box}/{stem}", "--gate"], "env": ["G=1"],
                             "unless_sources_have": ["(spy)"],
                             "files": [{"path": "gate.l", "lines": ["(wait)"]},
                                       {"path": "{name}", "lines": []}]}}},
        {"id": "slow", "probe": {"candidates": ["sl"], "args": [], "version": "sl {version}"}}],
      "run": {"argv": ["{executable}", "{entry}"]},
      "diagnostics": ["{file}:{line}: {message}",
                      {"lines": ["warning[{code}]: {message}", "{skip}--> {file}:{line}:{column}"],
                       "severity": "warning"}]
    }]})json");
}

langspec::PlanRequest lisp_request(langspec::Phase phase, const std::string& toolchain) {
  langspec::PlanRequest asked;
  asked.phase = phase;
  asked.language = "lisp";
  asked.toolchain = toolchain;
  asked.executable = "/opt/fl/bin/fl";
  asked.version = toolchain.substr(toolchain.find('-') + 1);
  asked.entry_file = "main.l";
  asked.files = {"other.lisp", "data.txt", "main.l"};
  asked.options = {"speed=1"};
  asked.tools = {"link=/usr/bin/ld"};
  return asked;
}

TEST(DeclarativeSpec, tells_toolchains_and_tools_apart) {
  const auto spec = spec_of(lisp());
  EXPECT_EQ(spec.describe()->probes.size(), 4U);
  const auto fast = spec.recognise({"fast", "/opt/fl/bin/fl", 1, "", "fl 2.9\n"});
  ASSERT_TRUE(fast && *fast);
  EXPECT_EQ((*fast)->id, "fast-2.9");
  EXPECT_FALSE(*spec.recognise({"slow", "/usr/bin/sl", 1, "sl 1.0", ""}));
  const auto tool = spec.recognise({"link", "/usr/bin/ld", 1, "", ""});
  ASSERT_TRUE(tool && *tool);
  EXPECT_THAT((*tool)->languages, IsEmpty());
  EXPECT_EQ((*tool)->id, "link");
}

TEST(DeclarativeSpec, plans_by_toolchain_with_what_it_does_not_say_from_the_language) {
  const auto spec = spec_of(lisp());
  const auto slow = spec.plan(lisp_request(langspec::Phase::run, "slow-1.0"));
  EXPECT_THAT(slow->steps.at(0).argv, ElementsAre("/opt/fl/bin/fl", "./main.l"));
  EXPECT_THAT(slow->steps.at(0).env, ElementsAre("A=1"));
  EXPECT_THAT(spec.plan(lisp_request(langspec::Phase::compile, "slow-1.0"))->steps, IsEmpty());
  const auto fast = spec.plan(lisp_request(langspec::Phase::run, "fast-2.9"));
  EXPECT_EQ(fast->steps.at(0).argv.at(0), "/box/main");
  EXPECT_THAT(fast->steps.at(0).env, ElementsAre("A=1", "B=2.9"));
  EXPECT_EQ(fast->steps.at(0).hints.threads, 2U);
  EXPECT_TRUE(fast->steps.at(0).needs_proc);
  EXPECT_FALSE(spec.plan(lisp_request(langspec::Phase::run, "other-2.9")));
}

TEST(DeclarativeSpec, plans_what_its_conditions_say) {
  const auto spec = spec_of(lisp());
  auto asked = lisp_request(langspec::Phase::compile, "fast-2.9");
  auto plan = spec.plan(asked);
  ASSERT_EQ(plan->steps.size(), 3U);
  EXPECT_TRUE(plan->steps[0].attempt);
  EXPECT_THAT(plan->steps[0].unless, ElementsAre("oops"));
  EXPECT_THAT(plan->steps[0].argv, ElementsAre("/opt/fl/bin/fl", "main.l"));
  EXPECT_THAT(plan->steps[1].argv,
              ElementsAre("/opt/fl/bin/fl", "--plain", "-O", "./main.l", "./other.lisp", "--old"));
  EXPECT_THAT(plan->steps[1].layers, ElementsAre("core-1"));
  EXPECT_THAT(plan->steps[1].outputs, ElementsAre("main.o"));
  EXPECT_EQ(plan->steps[1].cwd, "sub");
  EXPECT_TRUE(plan->steps[1].repeatable);
  EXPECT_FALSE(plan->steps[2].repeatable);
  EXPECT_THAT(plan->steps[2].argv,
              ElementsAre("/usr/bin/ld", "/box/main.o", "/opt/fl/lib", "--whole"));
  asked.version = "2.10";
  asked.options = {"speed=0"};
  asked.layers = {"core-1=/layers/one", "core-0=/layers/none"};
  asked.contents = {"", "it is today"};
  asked.tools.push_back("strip=/usr/bin/strip");
  plan = spec.plan(asked);
  EXPECT_EQ(plan->steps[2].argv.back(), "--by=/usr/bin/strip");
  EXPECT_THAT(plan->steps[1].argv,
              ElementsAre("/opt/fl/bin/fl", "--core=/layers/none/core{x}", "--new"));
  EXPECT_FALSE(plan->steps[1].repeatable);
  const std::string long_source(langspec::kShownContent, ' ');  // who knows what comes after it
  asked.contents = {"", long_source};
  EXPECT_FALSE(spec.plan(asked)->steps[1].repeatable);
  asked.tools.clear();
  EXPECT_THAT(spec.plan(asked).error().message, HasSubstr("not installed: link"));
}

TEST(DeclarativeSpec, plans_layers_and_what_fills_them) {
  const auto plan = spec_of(lisp()).plan(lisp_request(langspec::Phase::warm, "fast-2.9"));
  ASSERT_EQ(plan->layers.size(), 1U);
  EXPECT_EQ(plan->layers[0].id, "core-1");
  EXPECT_THAT(plan->layers[0].inputs, ElementsAre("/usr/lib/fl"));
  EXPECT_THAT(plan->steps.at(0).layers, ElementsAre("core-1"));
  EXPECT_EQ(plan->steps.at(0).phase, langspec::Phase::warm);
  ASSERT_EQ(plan->files.size(), 1U);
  EXPECT_EQ(plan->files[0].step, "dump");
  EXPECT_EQ(plan->files[0].content, "(a)\n(b)\n");
}

TEST(DeclarativeSpec, plans_a_preboot_unless_a_flag_could_pass_its_gate) {
  const auto spec = spec_of(lisp());
  auto asked = lisp_request(langspec::Phase::run, "fast-2.9");
  const auto plan = spec.plan(asked);
  ASSERT_EQ(plan->preboots.size(), 1U);
  EXPECT_EQ(plan->preboots[0].step, "run");
  EXPECT_THAT(plan->preboots[0].argv, ElementsAre("/box/main", "--gate"));
  EXPECT_THAT(plan->preboots[0].env, ElementsAre("G=1"));
  EXPECT_EQ(plan->files.at(0).step, plan->preboots[0].id);
  EXPECT_EQ(plan->files.at(1).path, "main.l");
  asked.contents = {"(print 1)", "(spy)"};
  EXPECT_THAT(spec.plan(asked)->preboots, IsEmpty());
  asked.contents.pop_back();
  EXPECT_EQ(spec.plan(asked)->preboots.size(), 1U);
  asked.compile_args = {"-q"};
  EXPECT_THAT(spec.plan(asked)->preboots, IsEmpty());
}

TEST(DeclarativeSpec, reads_messages_of_several_lines) {
  const auto found = spec_of(lisp()).diagnose(
      "lisp", "warning[W7]: odd\n  --> ./main.l:4:5\nwarning[W8]: cut off\nmain.l:9: bad\n", false);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).severity, Severity::warning);
  EXPECT_EQ(found->at(0).code, "W7");
  EXPECT_EQ(found->at(0).message, "odd");
  EXPECT_EQ(found->at(0).file, "main.l");
  EXPECT_EQ(found->at(0).line, 4U);
  EXPECT_EQ(found->at(0).column, 5U);
  EXPECT_EQ(found->at(1).line, 9U);
}

TEST(DeclarativeSpec, refuses_conditions_and_toolchains_that_make_no_sense) {
  struct Case {
    const char* path;
    nlohmann::json value;
    const char* message;
  };
  const Case table[] = {
      {"/languages/0/toolchains/1/id", "fast", "names fast twice"},
      {"/languages/0/tools/2", lisp()["languages"][0]["tools"][0], "names link twice"},
      {"/languages/0/tools/0/id", "../x", "/tools/0/id must match"},
      {"/languages/0/toolchains/0/compile/1/argv/1/if", {{"shell", "ls"}}, "unknown field 'shell'"},
      {"/languages/0/toolchains/0/compile/1/argv/1/if", {{"layer", "x"}}, "does not declare"},
      {"/languages/0/toolchains/0/compile/1/argv/2/if/option", "x", "does not declare"},
      {"/languages/0/toolchains/0/compile/1/argv/3/if/version", "new", "must be numbers"},
      {"/languages/0/toolchains/0/compile/2/argv/3/if/tool", "x", "does not declare"},
      {"/languages/0/toolchains/0/run/preboot/files/1/path", "{x}", "unknown placeholder {x}"},
      {"/languages/0/toolchains/0/compile/1/argv/1/then", {"{x}"}, "unknown placeholder {x}"},
      {"/languages/0/toolchains/0/layers/0/per_options", {"x"}, "names no option"},
      {"/languages/0/toolchains/1/layers", nlohmann::json::array({{{"id", "y"}}}),
       "steps is missing"},
      {"/languages/0/run/attempt", true, "unknown field 'attempt'"},
      {"/languages/0/diagnostics/1/lines/0", "{file}{line}", "with text between them"},
      {"/languages/0/diagnostics/1/lines", nlohmann::json::array(), "must be 1 to 4 patterns"},
      {"/languages/0/diagnostics/1/severity", "bad", "must be error, warning or note"},
  };
  for (const Case& one : table) {
    auto json = lisp();
    json[nlohmann::json::json_pointer(one.path)] = one.value;
    const auto manifest = parse_manifest(json.dump());
    ASSERT_FALSE(manifest) << one.path;
    EXPECT_THAT(manifest.error().message, HasSubstr(one.message)) << one.path;
  }
}

TEST(DeclarativeSpec, refuses_what_the_host_could_not_fill_in) {
  struct Case {
    const char* path;
    nlohmann::json value;
    const char* message;
  };
  const Case table[] = {
      {"/languages/0/run/argv/0", "{shell}", "unknown placeholder {shell}"},
      {"/languages/0/run/argv/0", "{beside:../sh}", "unknown placeholder"},
      {"/languages/0/run/argv/0", "{tool:luac}", "unknown placeholder {tool:luac}"},
      {"/languages/0/run/argv/0", "{layer:x}", "unknown placeholder {layer:x}"},
      {"/languages/0/run/argv/0", 7, "must hold texts"},
      {"/languages/0/run/env", {"A={args...}"}, "must be an item of its own"},
      {"/languages/0/run/layers", {"x"}, "names a layer that the language does not declare"},
      {"/languages/0/compile/0/outputs/0", "{files...}", "must be an item of its own"},
      {"/languages/0/toolchains", nlohmann::json::array(), "stands in each of the toolchains"},
      {"/languages/0/run/argv/0", "{option:none}", "unknown placeholder"},
      {"/languages/0/run/argv/0", "{executable", "never closes"},
      {"/languages/0/run/argv/0", "{{{executable", "never closes"},
      {"/languages/0/run/argv/0", "x{args...}", "must be an item of its own"},
      {"/languages/0/run/argv", nlohmann::json::array(), "/languages/0/run/argv is empty"},
      {"/languages/0/run/shell", "/", "unknown field 'shell'"},
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
