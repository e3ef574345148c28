// SPDX-License-Identifier: Apache-2.0
#include "go_spec.hpp"

#include <string>
#include <utility>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "build.hpp"
#include "direct.hpp"
#include "layer.hpp"
#include "toolchain.hpp"

namespace cex::plugins {
namespace {

plugin::Plan compile_plan(const plugin::PlanRequest& request) {
  plugin::Step build = go::build_step(request);
  if (auto direct = go::direct_step(request)) return {std::move(*direct), std::move(build)};
  return {std::move(build)};
}

plugin::Step run_step(const plugin::PlanRequest& request) {
  plugin::Step step{.name = "program", .argv = {plugin::in_box(request, go::kProgram)}};
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
  describe.probe(
      {.id = std::string(go::kShell), .candidates = {"sh"}, .args = {"-c", "echo shell"}});
}

std::optional<plugin::Toolchain> GoSpec::recognise(const plugin::ProbeOutput& output) const {
  return go::recognise(output);
}

plugin::Plan GoSpec::plan(const plugin::PlanRequest& request) const {
  switch (request.phase) {
    case plugin::Phase::compile:
      return compile_plan(request);
    case plugin::Phase::run:
      return {run_step(request)};
    case plugin::Phase::warm:
      return go::warm_plan(request);
  }
  return {};
}

std::vector<plugin::Diagnostic> GoSpec::diagnose(const plugin::CompilerOutput& output) const {
  return plugin::scan_gnu_style(output.text);
}

}  // namespace cex::plugins
