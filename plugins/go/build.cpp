// SPDX-License-Identifier: Apache-2.0
#include "build.hpp"

#include <algorithm>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "layer.hpp"
#include "plain_package.hpp"
#include "toolchain.hpp"

namespace cex::plugins::go {
namespace {

/// The package to build: the folder of the entry file.
std::string package_of(const plugin::PlanRequest& request) {
  const std::string_view folder = plugin::folder_of(request.entry_file);
  return folder.empty() ? "." : "./" + std::string(folder);
}

/// A profile changes how the library itself is compiled, and what is made of it must be written to
/// the cache: the layer's is of no use.
bool has_profile(const plugin::PlanRequest& request) {
  return std::any_of(request.files.begin(), request.files.end(),
                     [](std::string_view file) { return plugin::ends_with(file, ".pgo"); });
}

/// Where the layer lies, if there is one that helps.
std::string_view usable_layer(const plugin::PlanRequest& request) {
  return has_profile(request) ? std::string_view{} : request.layer(layer_id(request));
}

bool is_module(const plugin::PlanRequest& request) {
  return plugin::contains(request.files, "go.mod");
}

/// Does the file name none that is not the job's? Imports can go up, modules can be replaced by
/// folders; workspaces and assembler files have other ways.
bool stays_inside(std::string_view file, std::string_view text) {
  if (is_data(file) || plugin::ends_with(file, "go.sum")) return true;
  if (!is_whole(text)) return false;
  if (plugin::ends_with(file, ".go")) return text.find("../") == std::string_view::npos;
  return plugin::ends_with(file, "go.mod") && text.find("replace") == std::string_view::npos;
}

bool is_repeatable(const plugin::PlanRequest& request) {
  for (std::size_t i = 0; i < request.files.size(); ++i) {
    if (!stays_inside(request.files[i], request.content(i))) return false;
  }
  return true;
}

std::string build_flags(const plugin::PlanRequest& request) {
  // -buildvcs exists since 1.18, where it is on and would call git.
  std::string flags = is_at_least(request.version, 18) ? "-buildvcs=false" : "";
  if (is_module(request)) {
    const bool vendored = plugin::contains(request.files, "vendor/modules.txt");
    flags += vendored ? " -mod=vendor" : " -mod=mod";
  }
  return std::string(plugin::trimmed(flags));
}

}  // namespace

std::string cache_of(const plugin::PlanRequest& request) {
  const std::string_view layer = usable_layer(request);
  return layer.empty() ? "/tmp/go-cache" : cache_in(layer);
}

plugin::Strings build_environment(const plugin::PlanRequest& request, const std::string& cache) {
  plugin::Strings env{"GOROOT=" + root_of(request.executable),
                      "GOPATH=/tmp/go",
                      "GOCACHE=" + cache,
                      "GOENV=off",
                      "GOPROXY=off",
                      "GOSUMDB=off",
                      "GOTOOLCHAIN=local",
                      "GOTELEMETRY=off",
                      "CGO_ENABLED=0",
                      std::string("GO111MODULE=") + (is_module(request) ? "on" : "off"),
                      "GOMAXPROCS=" + std::to_string(request.cpus())};
  const std::string flags = build_flags(request);
  if (!flags.empty()) env.push_back("GOFLAGS=" + flags);
  return env;
}

plugin::Strings build_command(const plugin::PlanRequest& request) {
  plugin::Strings argv{std::string(request.executable), "build", "-trimpath", "-p",
                       std::to_string(request.cpus()),
                       // Stack traces keep their lines without -w's debugging data; linking is
                       // faster.
                       "-ldflags=-s -w"};
  if (request.option("optimize", "on") == "off") argv.emplace_back("-gcflags=-N -l");
  plugin::append(argv, request.compile_args);
  argv.insert(argv.end(), {"-o", std::string(kProgram), package_of(request)});
  return argv;
}

plugin::Hints build_hints() {
  // Go ships no compiled standard library since 1.20: with an empty cache each build makes it anew,
  // and what lies in /tmp counts against the box's memory.
  return {.threads = 64,
          .processes = 32,
          .address_space_bytes = 16 * plugin::kGiB,
          .overhead_memory_bytes = 1 * plugin::kGiB,
          .tmp_bytes = 512 * plugin::kMiB,
          .cpu_ms = 90'000};
}

plugin::Step build_step(const plugin::PlanRequest& request) {
  if (!plugin::ends_with(request.entry_file, ".go")) {
    throw plugin::BadRequest("the entry file of a Go program must end in .go");
  }
  plugin::Step step{.name = "go-build",
                    .argv = build_command(request),
                    .env = build_environment(request, cache_of(request)),
                    .outputs = {std::string(kProgram)},
                    .layers = {layer_id(request)},
                    .repeatable = is_repeatable(request),
                    .hints = build_hints()};
  // The index of modules is the one thing that must be written to the cache, and the layer's cannot
  // be: without this, whether a build succeeds depends on the age of its files.
  if (is_module(request) && !usable_layer(request).empty()) {
    step.env.emplace_back("GODEBUG=goindex=0");
  }
  return step;
}

}  // namespace cex::plugins::go
