// SPDX-License-Identifier: Apache-2.0
#include "precompiled.hpp"

#include <algorithm>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "compile.hpp"
#include "sources.hpp"
#include "toolchain.hpp"

namespace cex::plugins::cpp {
namespace {

constexpr Precompiled kHeaders[] = {{"iostream", "iostream"}, {"bits/stdc++.h", "everything"}};

/// GCC passes over a precompiled header silently when a macro or a code generation option differs;
/// the compilation would only be slower. These options are known to leave it valid.
bool leaves_it_valid(std::string_view arg) {
  return (plugin::starts_with(arg, "-W") && !plugin::starts_with(arg, "-Winvalid-pch")) ||
         arg == "-w" || plugin::starts_with(arg, "-l");
}

plugin::Strings compiler(const plugin::PlanRequest& request) {
  return {std::string(request.executable), "-std=" + standard(request),
          "-O" + std::string(request.option("optimize", "2"))};
}

plugin::Step step(const plugin::PlanRequest& request, const Precompiled& header,
                  std::string_view what, const plugin::Strings& more, plugin::Strings outputs) {
  plugin::Step made{.name = std::string(what) + " " + std::string(header.name),
                    .argv = compiler(request),
                    .outputs = std::move(outputs),
                    .layers = {layer_id(request, header)}};
  made.argv.insert(made.argv.end(), more.begin(), more.end());
  made.hints = {.processes = 16, .overhead_memory_bytes = 512 * plugin::kMiB, .cpu_ms = 60'000};
  return made;
}

void add(plugin::Plan& plan, const plugin::PlanRequest& request, const Precompiled& header) {
  const std::string name(header.header);
  const std::string include = "#include <" + name + ">\n";
  plugin::Strings inputs{"/usr/include", "/usr/lib/gcc"};
  for (std::string& path : paths_of(request.executable)) inputs.push_back(std::move(path));
  plan.layers.push_back({.id = layer_id(request, header), .version_key = "1", .inputs = inputs});

  const std::string all = name + ".all.hpp";  // beside it, so that the folder exists
  const auto build = step(request, header, "precompile",
                          {"-x", "c++-header", all, "-o", name + ".gch"}, {name + ".gch"});
  plan.files.push_back({.step = build.name, .path = all, .content = include});
  // Beside the precompiled header lies a plain one. Here it is one that must not be read, so that
  // a compiler which does not take the precompiled one fails.
  const auto used =
      step(request, header, "use",
           {"-Winvalid-pch", "-Werror", "-I", ".", "-c", "one.cpp", "-o", "one.o"}, {});
  plan.files.push_back({.step = used.name, .path = "one.cpp", .content = include});
  plan.files.push_back({.step = used.name, .path = name, .content = "#error not precompiled\n"});
  // And here the one that stays: for the second include of a program, and for compilers that find a
  // reason to pass over the precompiled one.
  const auto plain =
      step(request, header, "pass over",
           {"-O0", "-D_CEX_ANOTHER", "-Werror", "-I", ".", "-c", "two.cpp", "-o", "two.o"}, {name});
  plan.files.push_back({.step = plain.name, .path = "two.cpp", .content = include + include});
  plan.files.push_back({.step = plain.name,
                        .path = name,
                        .content = "#pragma GCC system_header\n#include_next <" + name + ">\n"});
  plan.steps.insert(plan.steps.end(), {build, used, plain});
}

}  // namespace

std::optional<Precompiled> precompiled_for(const plugin::PlanRequest& request,
                                           std::string_view source) {
  if (!std::all_of(request.compile_args.begin(), request.compile_args.end(), leaves_it_valid)) {
    return std::nullopt;
  }
  const std::string_view first = first_include(source);
  const auto found = std::find_if(std::begin(kHeaders), std::end(kHeaders),
                                  [&](const Precompiled& one) { return one.header == first; });
  return found == std::end(kHeaders) ? std::nullopt : std::optional{*found};
}

std::string layer_id(const plugin::PlanRequest& request, const Precompiled& header) {
  return "pch-" + std::string(header.name) + "-" + standard(request) + "-O" +
         std::string(request.option("optimize", "2"));
}

plugin::Plan precompile(const plugin::PlanRequest& request) {
  plugin::Plan plan;
  if (request.language != "cpp" || is_clang(request.toolchain)) return plan;
  for (const Precompiled& header : kHeaders) add(plan, request, header);
  return plan;
}

}  // namespace cex::plugins::cpp
