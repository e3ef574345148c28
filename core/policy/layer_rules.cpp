// SPDX-License-Identifier: Apache-2.0
#include "core/policy/layer_rules.hpp"

#include <algorithm>
#include <utility>

#include "core/base/text.hpp"

namespace cex::policy {
namespace {

constexpr std::size_t kMaxLayers = 16;  // of one toolchain and one set of options
constexpr std::uint32_t kMaxLayerFiles = 50'000;

Result<LayerPlan> decide_layer(const PlannerInput& input, const langspec::Layer& layer,
                               std::uint64_t max_bytes) {
  for (const std::string& path : layer.inputs) {
    if (!may_be_visible(input, path)) {
      return fail(Errc::policy,
                  "inputs: '" + printable(path) + "' lies outside the toolchain roots");
    }
  }
  if (layer.max_bytes > max_bytes) {
    return fail(Errc::policy, "max_bytes: " + std::to_string(layer.max_bytes) +
                                  " is above what a layer may have, " + std::to_string(max_bytes));
  }
  LayerPlan plan;
  plan.id = layer.id;
  plan.version_key = layer.version_key;
  plan.inputs = layer.inputs;
  plan.max_bytes = layer.max_bytes == 0 ? max_bytes : layer.max_bytes;
  return plan;
}

}  // namespace

Result<std::vector<LayerPlan>> decide_layers(const PlannerInput& input, std::uint64_t max_bytes) {
  CEX_TRY(auto steps, decide(input));
  if (input.plan.layers.size() > kMaxLayers) {
    return fail(Errc::policy, "more than " + std::to_string(kMaxLayers) + " layers");
  }
  std::vector<LayerPlan> plans;
  for (const langspec::Layer& layer : input.plan.layers) {
    auto decided = decide_layer(input, layer, max_bytes);
    if (!decided) return in("layer " + printable(layer.id, 64), std::move(decided).error());
    plans.push_back(*std::move(decided));
  }
  for (SandboxPlan& step : steps) {
    const auto mine = std::find_if(plans.begin(), plans.end(), [&](const LayerPlan& plan) {
      return step.layers.size() == 1 && plan.id == step.layers.front();
    });
    if (mine == plans.end()) {
      return fail(Errc::policy, "step " + step.step + " must name one layer of its plan");
    }
    step.max_output_files = kMaxLayerFiles;
    step.max_output_files_bytes = mine->max_bytes;
    mine->steps.push_back(std::move(step));
  }
  for (const LayerPlan& plan : plans) {
    if (plan.steps.empty()) return fail(Errc::policy, "layer " + plan.id + " has no step");
    const auto same = std::count_if(plans.begin(), plans.end(),
                                    [&](const LayerPlan& other) { return other.id == plan.id; });
    if (same != 1) return fail(Errc::policy, "two layers are called " + plan.id);
  }
  return plans;
}

}  // namespace cex::policy
