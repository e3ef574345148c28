// SPDX-License-Identifier: Apache-2.0
#include "core/model/json.hpp"

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace cex {

nlohmann::json to_json_value(const Limits& limits) {
  return {{"wall_ms", limits.wall.count()},
          {"cpu_ms", limits.cpu.count()},
          {"memory_bytes", limits.memory_bytes},
          {"stack_bytes", limits.stack_bytes},
          {"processes", limits.processes},
          {"open_files", limits.open_files},
          {"file_size_bytes", limits.file_size_bytes},
          {"disk_bytes", limits.disk_bytes},
          {"output_bytes", limits.output_bytes},
          {"cpus", static_cast<double>(limits.cpus_milli) / 1000.0}};
}

nlohmann::json to_json_value(const SandboxPlan& plan) {
  nlohmann::json value{
      {"step", plan.step},      {"profile", plan.profile == Profile::compile ? "compile" : "run"},
      {"argv", plan.argv},      {"env", plan.env},
      {"cwd", plan.cwd},        {"limits", to_json_value(plan.limits)},
      {"outputs", plan.outputs}};
  for (const auto& destination : plan.network) {
    value["network"].push_back(to_string(destination));
  }
  if (plan.terminal) {
    value["terminal"] = {{"rows", plan.terminal->rows}, {"cols", plan.terminal->cols}};
  }
  for (const auto& file : plan.files) {
    value["files"].push_back({{"path", file.path}, {"sha256", sha256_hex(*file.content)}});
  }
  if (!plan.layers.empty()) value["layers"] = plan.layers;
  if (plan.repeatable) value["repeatable"] = true;
  if (plan.preboot) {
    value["preboot"] = {{"argv", plan.preboot->argv}, {"env", plan.preboot->env}};
    // Not their hashes: they are the plugin's, and its hash stands beside the plan's wherever that
    // matters.
    for (const auto& file : plan.preboot->files) value["preboot"]["files"].push_back(file.path);
  }
  if (plan.attempt) value["attempt"] = true;
  if (!plan.unless.empty()) value["unless"] = plan.unless;
  if (!plan.hash.empty()) value["hash"] = plan.hash;
  return value;
}

std::string to_json_text(const std::vector<SandboxPlan>& plans) {
  nlohmann::json array = nlohmann::json::array();
  for (const auto& plan : plans) array.push_back(to_json_value(plan));
  return dump_json_pretty(array);
}

}  // namespace cex
