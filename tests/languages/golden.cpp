// SPDX-License-Identifier: Apache-2.0
// What each declarative plugin plans for standard requests, beside what its folder has in
// golden/plans.json; and whether the policy takes it.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "core/plugins/declarative_spec.hpp"
#include "core/plugins/manifest.hpp"
#include "core/policy/layer_rules.hpp"
#include "tests/languages/standard_requests.hpp"

namespace {

namespace fs = std::filesystem;
namespace langspec = cex::langspec;
using Json = nlohmann::ordered_json;

std::string read(const fs::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

template <class T>
void put(Json& into, const char* name, const T& value) {
  if (value != T{}) into[name] = value;
}

Json to_json(const langspec::Step& step) {
  Json made{{"name", step.name}, {"argv", step.argv}};
  put(made, "cwd", step.cwd);
  put(made, "env", step.env);
  put(made, "outputs", step.outputs);
  put(made, "layers", step.layers);
  put(made, "attempt", step.attempt);
  put(made, "unless", step.unless);
  put(made, "repeatable", step.repeatable);
  put(made, "threads", step.hints.threads);
  put(made, "processes", step.hints.processes);
  put(made, "address_space_bytes", step.hints.address_space_bytes);
  put(made, "overhead_memory_bytes", step.hints.overhead_memory_bytes);
  put(made, "tmp_bytes", step.hints.tmp_bytes);
  put(made, "cpu_ms", step.hints.cpu_ms);
  put(made, "exec_memory", step.needs_exec_memory);
  put(made, "proc", step.needs_proc);
  return made;
}

Json to_json(const langspec::Plan& plan) {
  Json made{{"steps", Json::array()}};
  for (const auto& step : plan.steps) made["steps"].push_back(to_json(step));
  for (const auto& layer : plan.layers) {
    Json one{{"id", layer.id}, {"inputs", layer.inputs}};
    put(one, "max_bytes", layer.max_bytes);
    made["layers"].push_back(one);
  }
  for (const auto& file : plan.files) {
    made["files"].push_back({{"for", file.step}, {"path", file.path}, {"content", file.content}});
  }
  for (const auto& preboot : plan.preboots) {
    made["preboots"].push_back(
        {{"step", preboot.step}, {"argv", preboot.argv}, {"env", preboot.env}});
  }
  return made;
}

/// Empty if core/policy would run it.
std::string refusal(const langspec::Plan& plan, const langspec::PlanRequest& request) {
  cex::policy::PlannerInput input;
  input.phase = request.phase;
  input.plan = plan;
  input.toolchain.id = request.toolchain;
  input.toolchain.executable = request.executable;
  input.toolchain_roots = {"/usr", "/opt"};
  if (request.phase == langspec::Phase::warm) {
    const auto layers = cex::policy::decide_layers(input, std::uint64_t{512} << 20U);
    return layers ? "" : layers.error().message;
  }
  const auto plans = cex::policy::decide(input);
  return plans ? "" : plans.error().message;
}

/// Number of problems, each told.
int check(const fs::path& folder, bool update) {
  const auto manifest = cex::plugins::parse_manifest(read(folder / "plugin.json"));
  if (!manifest) {
    std::cerr << folder.string() << ": " << manifest.error().message << "\n";
    return 1;
  }
  if (manifest->kind != cex::plugins::Manifest::Kind::declarative) return 0;
  const cex::plugins::DeclarativeSpec spec{manifest->declared};
  Json all = Json::object();
  int problems = 0;
  for (const auto& language : manifest->declared) {
    for (const auto& [name, request] : cex::tests::standard_requests(language)) {
      const auto plan = spec.plan(request);
      const std::string wrong = plan ? refusal(*plan, request) : plan.error().message;
      if (!wrong.empty()) {
        std::cerr << folder.string() << ": " << name << ": " << wrong << "\n";
        ++problems;
      } else if (!plan->steps.empty()) {
        all[name] = to_json(*plan);
      }
    }
  }
  const fs::path golden = folder / "golden" / "plans.json";
  const std::string text = all.dump(1) + "\n";
  if (update) {
    fs::create_directories(golden.parent_path());
    std::ofstream{golden} << text;
  } else if (read(golden) != text) {
    const Json kept = Json::parse(read(golden), nullptr, false);
    std::cerr << folder.string() << ": plans differ from " << golden.string() << ": "
              << (kept.is_discarded() ? "it is missing or no JSON" : Json::diff(kept, all).dump())
              << "\n";
    ++problems;
  }
  return problems;
}

}  // namespace

int main(int argc, char** argv) {
  const bool update = argc == 3 && std::string{argv[1]} == "--update";
  if (argc != 2 && !update) {
    std::cerr << "usage: cex-language-golden [--update] PLUGINS_DIR\n";
    return 64;
  }
  int problems = 0;
  int folders = 0;
  for (const auto& entry : fs::directory_iterator{argv[argc - 1]}) {
    if (!fs::exists(entry.path() / "plugin.json")) continue;
    problems += check(entry.path(), update);
    ++folders;
  }
  std::cout << folders << " plugins, " << problems << " problems\n";
  return problems == 0 && folders > 0 ? 0 : 1;
}
