// SPDX-License-Identifier: Apache-2.0
#include "direct.hpp"

#include <algorithm>
#include <cstdint>

#include <cex/plan.hpp>

#include "build.hpp"
#include "layer.hpp"
#include "toolchain.hpp"

namespace cex::plugins::go {
namespace {

// What the shell says when only `go build` can answer.
constexpr const char* kVoid = "go-direct: void";

// One step, so that the object file between the two never lies among the files of the job.
//
// A compiler that finds errors (status 2) says what `go build` would say after a heading, if all
// imports are known to be there: those come first. The layer knows the heading and the status of
// `go build`. Whatever else goes wrong is for `go build`.
//
// `go build` also empties GOROOT for the linker, or before 1.20 gives it this GOROOT_FINAL, so that
// the program does not know where Go lay.
constexpr const char* kScript = R"(tools=$1 cpus=$2 layer=$3 imports=$4 void=$5 status=; shift 5
ln -s "$layer" /tmp/layer &&
said=$("$tools/compile" @/tmp/layer/compile.args -importcfg /tmp/layer/compile.cfg \
  "-c=$cpus" -o /tmp/main.a "$@" 2>&1)
case $?:$said in
0:)
  said=$(GOROOT= GOROOT_FINAL='$GOROOT' "$tools/link" @/tmp/layer/link.args \
    -importcfg /tmp/layer/link.cfg -o program /tmp/main.a 2>&1) && [ -z "$said" ] && exit ;;
2:?*)
  known=$(cat /tmp/layer/compile.cfg) && { read -r status && read -r heading; } </tmp/layer/errors
  for path in $imports; do
    case $known in *" $path="*) ;; *) status= ;; esac
  done
  [ -n "$status" ] && printf '%s\n%s\n' "$heading" "$said" >&2 && exit "$status" ;;
esac
echo "$void"
)";

// No package is called so.
constexpr const char* kUnknownImports = "-";

constexpr std::uint32_t kMaxBackends = 4;  // more threads than `go build` gives one compiler

/// Two short-lived processes: collecting garbage is worth it only when memory runs out.
void collect_late(const plugin::PlanRequest& request, plugin::Strings& env) {
  if (!is_at_least(request.version, 19)) return;  // does not know GOMEMLIMIT
  std::uint64_t limit = 512 * plugin::kMiB;
  if (request.memory_bytes != 0) limit = std::min(limit, request.memory_bytes / 2);
  env.emplace_back("GOGC=off");
  env.push_back("GOMEMLIMIT=" + std::to_string(limit));
}

/// What the shell checks. "unsafe" is in the compiler, not in any file.
std::string imports_of(const PlainPackage& package) {
  if (!package.imports) return kUnknownImports;
  std::string all;
  for (const std::string& path : *package.imports) {
    if (path != "unsafe") all += (all.empty() ? "" : " ") + path;
  }
  return all;
}

/// What is in messages that `go build` words otherwise (it shortens names of folders and of files
/// that tools generate), and where the compiler itself failed.
plugin::Strings said_otherwise(const plugin::PlanRequest& request) {
  const std::string box{request.box_dir};
  return {kVoid,
          "could not import",
          "internal compiler error",
          "fatal error:",
          "goroutine ",
          " " + box,
          "\t" + box,
          "/tmp",
          ".cgo1.go:",
          ".cover.go:"};
}

}  // namespace

plugin::Strings direct_command(const plugin::PlanRequest& request, const std::string& layer,
                               const PlainPackage& package) {
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
                       imports_of(package),
                       kVoid};
  for (const std::string& source : package.sources) argv.push_back("./" + source);
  return argv;
}

std::optional<plugin::Step> direct_step(const plugin::PlanRequest& request) {
  const std::string layer{request.layer(layer_id(request))};
  if (layer.empty() || !request.compile_args.empty() || request.option("optimize", "on") != "on") {
    return std::nullopt;
  }
  const PlainPackage package = plain_package(request);
  if (package.sources.empty()) return std::nullopt;
  plugin::Strings argv = direct_command(request, layer, package);
  if (argv.empty()) return std::nullopt;
  plugin::Step step{.name = "go-direct",
                    .argv = std::move(argv),
                    .env = build_environment(request, cache_of(request)),
                    .outputs = {std::string(kProgram)},
                    .layers = {layer_id(request)},
                    .repeatable = true,
                    .attempt = true,
                    .unless = said_otherwise(request),
                    .hints = build_hints()};
  collect_late(request, step.env);
  return step;
}

}  // namespace cex::plugins::go
