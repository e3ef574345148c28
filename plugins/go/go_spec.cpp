// SPDX-License-Identifier: Apache-2.0
#include "go_spec.hpp"

#include <string>
#include <string_view>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

namespace cex::plugins {
namespace {

constexpr std::string_view kProgram = "program";

/// GOROOT of "/usr/local/go/bin/go".
std::string root_of(std::string_view executable) {
  return std::string(plugin::folder_of(plugin::folder_of(executable)));
}

/// Nothing is downloaded, no C compiler is called, no configuration of the user's files is read;
/// caches lie outside the uploaded tree and die with the box.
plugin::Strings build_environment(const plugin::PlanRequest& request) {
  const bool module = plugin::contains(request.files, "go.mod");
  const bool vendored = plugin::contains(request.files, "vendor/modules.txt");
  // -buildvcs exists since 1.18, where it is on and would call git.
  std::string flags = plugin::version_part(request.version, 1) >= 18 ? "-buildvcs=false" : "";
  if (module) flags += vendored ? " -mod=vendor" : " -mod=mod";
  plugin::Strings env{"GOROOT=" + root_of(request.executable),
                      "GOPATH=/tmp/go",
                      "GOCACHE=/tmp/go-cache",
                      "GOENV=off",
                      "GOPROXY=off",
                      "GOSUMDB=off",
                      "GOTOOLCHAIN=local",
                      "GOTELEMETRY=off",
                      "CGO_ENABLED=0",
                      std::string("GO111MODULE=") + (module ? "on" : "off"),
                      "GOMAXPROCS=" + std::to_string(request.cpus())};
  if (!flags.empty()) env.push_back("GOFLAGS=" + std::string(plugin::trimmed(flags)));
  return env;
}

/// The package to build: the folder of the entry file.
std::string package_of(const plugin::PlanRequest& request) {
  const std::string_view folder = plugin::folder_of(request.entry_file);
  return folder.empty() ? "." : "./" + std::string(folder);
}

plugin::Step build_step(const plugin::PlanRequest& request) {
  if (!plugin::ends_with(request.entry_file, ".go")) {
    throw plugin::BadRequest("the entry file of a Go program must end in .go");
  }
  plugin::Step step{.name = "go-build",
                    .argv = {std::string(request.executable), "build", "-trimpath", "-p",
                             std::to_string(request.cpus())},
                    .env = build_environment(request),
                    .outputs = {std::string(kProgram)}};
  // Stack traces keep their lines without -w's debugging data; linking is faster.
  step.argv.emplace_back("-ldflags=-s -w");
  if (request.option("optimize", "on") == "off") step.argv.emplace_back("-gcflags=-N -l");
  plugin::append(step.argv, request.compile_args);
  step.argv.insert(step.argv.end(), {"-o", std::string(kProgram), package_of(request)});
  // Go ships no compiled standard library since 1.20: with an empty cache each build makes it anew,
  // and what lies in /tmp counts against the box's memory.
  step.hints = {.threads = 64,
                .processes = 32,
                .address_space_bytes = 16 * plugin::kGiB,
                .overhead_memory_bytes = 1 * plugin::kGiB,
                .tmp_bytes = 512 * plugin::kMiB,
                .cpu_ms = 90'000};
  return step;
}

plugin::Step run_step(const plugin::PlanRequest& request) {
  plugin::Step step{.name = "program", .argv = {plugin::in_box(request, kProgram)}};
  plugin::append(step.argv, request.args);
  step.keep_stdin = true;
  step.env.push_back("GOMAXPROCS=" + std::to_string(request.cpus()));
  if (request.memory_bytes != 0) {
    // The collector works harder near the limit instead of running into it.
    step.env.push_back("GOMEMLIMIT=" + std::to_string(request.memory_bytes / 10 * 9));
  }
  step.hints = {.threads = 16,
                .address_space_bytes = 8 * plugin::kGiB,
                .overhead_memory_bytes = 16 * plugin::kMiB};
  return step;
}

}  // namespace

void GoSpec::describe(plugin::Describe& describe) const {
  describe.language({.id = "go",
                     .name = "Go",
                     .family = "go",
                     .aliases = {"golang"},
                     .extensions = {".go"},
                     .default_file = "main.go",
                     .editor_mode = "go",
                     .hello = "package main\n\nimport \"fmt\"\n\nfunc main() {\n"
                              "\tfmt.Println(\"Hello, world!\")\n}\n",
                     .compiled = true});
  describe.option(
      {.language = "go", .id = "optimize", .default_value = "on", .allowed = {"on", "off"}});
  describe.option({.language = "go",
                   .id = "args",
                   .allowed = {"-tags=*"},
                   .kind = plugin::OptionKind::compile_argument});
  describe.probe({.id = "go",
                  .candidates = {"go", "/usr/local/go/bin/go", "/usr/local/go-*/bin/go",
                                 "/usr/lib/go-*/bin/go", "/opt/*/bin/go"},
                  .args = {"version"},
                  .every = true});
}

std::optional<plugin::Toolchain> GoSpec::recognise(const plugin::ProbeOutput& output) const {
  // "go version go1.22.1 linux/amd64"; a development tree says "devel" and is not for us.
  if (output.exit_code != 0 || !plugin::starts_with(output.out, "go version go")) {
    return std::nullopt;
  }
  const std::string version = plugin::scan_version(output.out, "go version go");
  const std::string root = root_of(output.executable);
  if (version.empty() || root.empty()) return std::nullopt;
  return plugin::Toolchain{.id = "go-" + version,
                           .executable = std::string(output.executable),
                           .version = version,
                           .label = "Go " + version,
                           .languages = {"go"},
                           .read_only_paths = {root}};
}

plugin::Plan GoSpec::plan(const plugin::PlanRequest& request) const {
  switch (request.phase) {
    case plugin::Phase::compile:
      return {build_step(request)};
    case plugin::Phase::run:
      return {run_step(request)};
    case plugin::Phase::warm:
      return {};
  }
  return {};
}

std::vector<plugin::Diagnostic> GoSpec::diagnose(const plugin::CompilerOutput& output) const {
  return plugin::scan_gnu_style(output.text);
}

}  // namespace cex::plugins
