// SPDX-License-Identifier: Apache-2.0
// Golden tests: each file in golden/ is one input and what must come of it, either `plans` or the
// text of a refusal. CEX_UPDATE_GOLDEN=1 in the environment writes the present answers into the
// files.
#include "core/policy/planner.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/model/json.hpp"
#include "core/policy/limit_rules.hpp"

namespace cex::policy {
namespace {

using langspec::Phase;
using nlohmann::json;
using ::testing::HasSubstr;

const std::filesystem::path kGolden{CEX_SOURCE_DIR "/core/policy/golden"};

Phase phase_of(const json& value, const char* key, Phase otherwise) {
  const std::string name = value.value(key, "");
  if (name == "compile") return Phase::compile;
  if (name == "run") return Phase::run;
  if (name == "warm") return Phase::warm;
  return otherwise;
}

langspec::Step step_of(const json& value, Phase phase) {
  langspec::Step step;
  step.phase = phase_of(value, "phase", phase);
  step.name = value.value("name", "");
  step.cwd = value.value("cwd", "");
  step.argv = value.value("argv", std::vector<std::string>{});
  step.env = value.value("env", std::vector<std::string>{});
  step.inputs = value.value("inputs", std::vector<std::string>{});
  step.outputs = value.value("outputs", std::vector<std::string>{});
  step.hints.threads = value.value("hint_threads", 0U);
  step.hints.overhead_memory_bytes = value.value("hint_overhead_memory_bytes", std::uint64_t{0});
  step.hints.tmp_bytes = value.value("hint_tmp_bytes", std::uint64_t{0});
  return step;
}

PlannerInput input_of(const json& value) {
  PlannerInput input;
  input.phase = phase_of(value, "phase", Phase::run);
  for (const json& step : value.at("steps")) input.plan.steps.push_back(step_of(step, input.phase));
  input.toolchain.read_only_paths = value.value("read_only_paths", std::vector<std::string>{});
  input.max.memory_bytes = std::uint64_t{1} << 30U;
  input.max.processes = 256;
  const json env = value.value("env", json::object());
  for (const auto& [name, text] : env.items()) {
    input.env.emplace_back(name, text.get<std::string>());
  }
  input.artifacts = value.value("artifacts", std::vector<std::string>{});
  input.toolchain_roots = value.value("toolchain_roots", std::vector<std::string>{"/usr", "/opt"});
  if (value.contains("asked_memory_bytes")) {
    input.asked.memory_bytes = value["asked_memory_bytes"].get<std::uint64_t>();
    input.limits = overlay(input.limits, input.asked);
  }
  return input;
}

json answer_of(const Result<std::vector<SandboxPlan>>& decided) {
  if (!decided) {
    return {{"refused", decided.error().message}, {"code", to_string(decided.error().code)}};
  }
  json plans = json::array();
  for (const SandboxPlan& plan : *decided) plans.push_back(to_json_value(plan));
  return {{"plans", std::move(plans)}};
}

class GoldenPlan : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenPlan, comes_out_as_written) {
  const auto path = kGolden / (GetParam() + ".json");
  std::ifstream file{path};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  auto document = json::parse(text);
  const json answer = answer_of(decide(input_of(document.at("input"))));
  if (std::getenv("CEX_UPDATE_GOLDEN") != nullptr) {
    document["answer"] = answer;
    std::ofstream{path} << dump_json_pretty(document) << "\n";
  }
  EXPECT_EQ(document.value("answer", json{}), answer) << dump_json_pretty(answer);
}

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{kGolden}) {
    names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Policy, GoldenPlan, ::testing::ValuesIn(golden_names()),
                         [](const auto& test) { return test.param; });

PlannerInput simple_run() {
  PlannerInput input;
  langspec::Step step;
  step.name = "run";
  step.argv = {"/usr/bin/python3", "main.py"};
  input.plan.steps.push_back(step);
  input.toolchain_roots = {"/usr"};
  return input;
}

TEST(Planner, the_hash_is_of_the_plan_without_its_hash_and_follows_every_change) {
  const auto plans = decide(simple_run());
  ASSERT_TRUE(plans);
  SandboxPlan bare = plans->front();
  bare.hash.clear();
  EXPECT_EQ(plans->front().hash, sha256_hex(dump_json(to_json_value(bare))));

  PlannerInput other = simple_run();
  other.limits.memory_bytes += 1;
  EXPECT_NE(decide(other)->front().hash, plans->front().hash);
}

TEST(Planner, gives_a_network_to_runs_alone_and_its_variables_last) {
  PlannerInput input;
  input.toolchain_roots = {"/usr"};
  input.network = {{"example.org", 443}};
  input.env = {{"HTTP_PROXY", "http://request"}};
  langspec::Step step;
  step.phase = Phase::run;
  step.name = "run";
  step.argv = {"/usr/bin/true"};
  step.env = {"https_proxy=http://plugin", "NO_PROXY=*"};
  input.plan.steps = {step};
  const auto run = decide(input);
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->front().network, input.network);
  for (const char* name : {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"}) {
    EXPECT_THAT(run->front().env,
                ::testing::Contains(name + std::string{"=http://127.0.0.1:3128"}));
  }
  EXPECT_THAT(run->front().env, ::testing::Contains("NO_PROXY=localhost,127.0.0.1,::1"));

  input.phase = input.plan.steps.front().phase = Phase::compile;
  const auto compile = decide(input);
  ASSERT_TRUE(compile) << compile.error().message;
  EXPECT_TRUE(compile->front().network.empty());
  EXPECT_THAT(compile->front().env, ::testing::Not(::testing::Contains(HasSubstr("127.0.0.1"))));
  EXPECT_NE(compile->front().hash, run->front().hash);
}

TEST(Planner, holds_the_bounds_on_argv_exactly) {
  PlannerInput input = simple_run();
  auto& argv = input.plan.steps[0].argv;
  argv.resize(kMaxItems, "x");
  argv[1] = std::string(kMaxItemBytes, 'x');
  EXPECT_TRUE(decide(input));
  argv[1] += 'x';
  EXPECT_THAT(decide(input).error().message, HasSubstr("argv[1]"));
  argv[1] = std::string("a\0b", 3);
  EXPECT_THAT(decide(input).error().message, HasSubstr("NUL"));
  argv[1] = "x";
  argv.emplace_back("x");
  EXPECT_THAT(decide(input).error().message, HasSubstr("512"));
}

TEST(Planner, more_than_eight_steps_are_refused) {
  PlannerInput input = simple_run();
  input.phase = Phase::compile;
  const langspec::Step step = input.plan.steps[0];
  input.plan.steps.clear();
  for (std::size_t i = 0; i < kMaxSteps; ++i) {
    input.plan.steps.push_back(step);
    input.plan.steps.back().phase = Phase::compile;
    input.plan.steps.back().name = "s" + std::to_string(i);
  }
  EXPECT_EQ(decide(input)->size(), kMaxSteps);
  input.plan.steps.push_back(input.plan.steps.front());
  EXPECT_THAT(decide(input).error().message, HasSubstr("8 steps"));
}

}  // namespace
}  // namespace cex::policy
