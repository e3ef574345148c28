// SPDX-License-Identifier: Apache-2.0
#include "direct.hpp"

#include <algorithm>

#include <cex/plan.hpp>

#include "build.hpp"
#include "layer.hpp"
#include "plain_package.hpp"
#include "toolchain.hpp"

namespace cex::plugins::go {
namespace {

// One step, so that the object file between the two never lies among the files of the job.
// Compiler and linker read "@file" relative to the layer, as the paths in these files are.
// `go build` also empties GOROOT for the linker, or before 1.20 gives it this GOROOT_FINAL, so that
// the program does not know where Go lay.
constexpr const char* kScript =
    R"(tools=$1 cpus=$2 layer=$3 program=$4; shift 4
cd "$layer" &&
"$tools/compile" @compile.args -importcfg compile.cfg "-c=$cpus" -o /tmp/main.a "$@" &&
GOROOT= GOROOT_FINAL='$GOROOT' exec "$tools/link" @link.args -importcfg link.cfg -o "$program" /tmp/main.a
)";

constexpr std::uint32_t kMaxBackends = 4;  // more threads than `go build` gives one compiler

/// Two short-lived processes: collecting garbage is worth it only when memory runs out.
void collect_late(const plugin::PlanRequest& request, plugin::Strings& env) {
  if (!is_at_least(request.version, 19)) return;  // does not know GOMEMLIMIT
  std::uint64_t limit = 512 * plugin::kMiB;
  if (request.memory_bytes != 0) limit = std::min(limit, request.memory_bytes / 2);
  env.emplace_back("GOGC=off");
  env.push_back("GOMEMLIMIT=" + std::to_string(limit));
}

}  // namespace

plugin::Strings direct_command(const plugin::PlanRequest& request, const std::string& layer,
                               const plugin::Strings& sources) {
  const std::string_view shell = request.tool(kShell);
  const std::string tools = tools_of(request.executable);
  if (shell.empty() || tools.empty()) return {};
  plugin::Strings argv{std::string(shell),
                       "-c",
                       kScript,
                       "direct",
                       tools,
                       std::to_string(std::min(request.cpus(), kMaxBackends)),
                       layer,
                       plugin::in_box(request, kProgram)};
  argv.insert(argv.end(), sources.begin(), sources.end());
  return argv;
}

std::optional<plugin::Step> direct_step(const plugin::PlanRequest& request) {
  const std::string layer{request.layer(layer_id(request))};
  if (layer.empty() || !request.compile_args.empty() || request.option("optimize", "on") != "on") {
    return std::nullopt;
  }
  plugin::Strings sources = plain_package(request);
  for (std::string& source : sources) source = plugin::in_box(request, source);
  if (sources.empty()) return std::nullopt;
  plugin::Strings argv = direct_command(request, layer, sources);
  if (argv.empty()) return std::nullopt;
  plugin::Step step{.name = "go-direct",
                    .argv = std::move(argv),
                    .env = build_environment(request, cache_of(request)),
                    .outputs = {std::string(kProgram)},
                    .layers = {layer_id(request)},
                    .repeatable = true,
                    .attempt = true,
                    .hints = build_hints()};
  collect_late(request, step.env);
  return step;
}

}  // namespace cex::plugins::go
