// SPDX-License-Identifier: Apache-2.0
#include "layer.hpp"

#include <cex/plan.hpp>

#include "build.hpp"
#include "direct.hpp"
#include "plain_header.hpp"
#include "toolchain.hpp"
#include "warm_files.hpp"

namespace cex::plugins::go {
namespace {

struct Source {
  const char* name;
  std::string_view content;
};
constexpr Source kTool[] = {{"tool/layer.go", kLayerSource}, {"tool/script.go", kScriptSource}};
constexpr std::string_view kCanary = "main.go";

}  // namespace

std::string layer_id(const plugin::PlanRequest& request) {
  return "go-std-" + std::string(request.version);
}

std::string cache_in(std::string_view place) {
  return std::string(place) + "/cache";
}

plugin::Plan warm_plan(const plugin::PlanRequest& request) {
  const std::string root = root_of(request.executable);
  if (root.empty()) return {};
  plugin::PlanRequest canary = request;
  canary.entry_file = kCanary;
  canary.compile_args.clear();
  canary.options = {"optimize=on"};
  const std::string box{request.box_dir};

  plugin::Step step{
      .name = "go-std",
      .argv = {std::string(request.executable), "run", "-trimpath"},
      .env = build_environment(canary, cache_in(box)),
      .outputs = {"cache/*/*", "compile.args", "compile.cfg", "link.args", "link.cfg", "errors"},
      .layers = {layer_id(request)},
      .hints = build_hints()};
  // `go run` puts the tool there; /tmp is no place for programs.
  step.env.push_back("GOTMPDIR=" + box);
  for (const Source& source : kTool) step.argv.emplace_back(source.name);
  const plugin::Strings build = build_command(canary);
  step.argv.insert(step.argv.end(), build.begin(), build.end());
  step.argv.emplace_back("--");
  const plugin::Strings direct = direct_command(
      canary, box, {.sources = {std::string(kCanary)}, .imports = plain_imports(kCanarySource)});
  step.argv.insert(step.argv.end(), direct.begin(), direct.end());

  plugin::Plan plan{std::move(step)};
  plan.layers.push_back(
      {.id = layer_id(request),
       .version_key = std::string(request.version) + " " + box,
       .inputs = {root + "/VERSION", root + "/go.env", root + "/pkg/tool", root + "/src"}});
  for (const Source& source : kTool) {
    plan.files.push_back({.path = source.name, .content = std::string(source.content)});
  }
  plan.files.push_back({.path = std::string(kCanary), .content = std::string(kCanarySource)});
  return plan;
}

}  // namespace cex::plugins::go
