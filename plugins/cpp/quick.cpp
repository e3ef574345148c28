// SPDX-License-Identifier: Apache-2.0
#include "quick.hpp"

#include <algorithm>
#include <optional>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "compile.hpp"
#include "precompiled.hpp"
#include "sources.hpp"
#include "toolchain.hpp"

namespace cex::plugins::cpp {
namespace {

constexpr std::string_view kObject = "program.o";
constexpr unsigned kKnowsMold = 12;  // first GCC with -fuse-ld=mold

/// The only source of a job, if it has but one.
std::optional<std::size_t> only_source(const plugin::PlanRequest& request) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < request.files.size(); ++i) {
    if (!is_source(request, request.files[i])) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

plugin::Step object_step(const plugin::PlanRequest& request, std::string_view source,
                         const std::string& layer_id, std::string_view place) {
  plugin::Step step{.name = "c++ -c", .argv = compiler_call(request)};
  step.argv.insert(step.argv.end(), {"-I", std::string(place), "-c", plugin::as_argument(source),
                                     "-o", std::string(kObject)});
  step.outputs = {std::string(kObject)};
  step.layers = {layer_id};
  step.hints = compile_hints();
  step.attempt = true;
  // A message about a header says through which files it came in; with a precompiled one it does
  // not know them all. Everything else reads the same.
  step.unless = {"In file included from", "In module imported", std::string(place)};
  return step;
}

plugin::Step link_step(const plugin::PlanRequest& request) {
  plugin::Step step{.name = "link", .argv = {std::string(request.executable)}};
  if (!request.tool("mold").empty() && plugin::version_part(request.version, 0) >= kKnowsMold) {
    // Without a helper process, whose time nobody would count, and with as many threads as the box
    // has CPUs.
    step.argv.insert(step.argv.end(), {"-fuse-ld=mold", "-Wl,--no-fork",
                                       "-Wl,--thread-count=" + std::to_string(request.cpus())});
  }
  step.argv.insert(step.argv.end(), {std::string(kObject), "-o", std::string(kProgram)});
  add_libraries(step.argv, request);
  step.outputs = {std::string(kProgram)};
  step.hints = compile_hints();
  step.attempt = true;
  return step;
}

}  // namespace

std::vector<plugin::Step> quick_steps(const plugin::PlanRequest& request, plugin::Strings& wanted) {
  if (!is_cpp(request) || is_clang(request.toolchain)) return {};
  const auto source = only_source(request);
  if (!source || plugin::contains(request.files, kObject)) return {};
  const auto header = precompiled_for(request, request.content(*source));
  if (!header) return {};
  const std::string id = layer_id(request, *header);
  const std::string_view place = request.layer(id);
  if (place.empty()) {
    wanted.push_back(id);
    return {};
  }
  return {object_step(request, request.files[*source], id, place), link_step(request)};
}

}  // namespace cex::plugins::cpp
