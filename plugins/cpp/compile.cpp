// SPDX-License-Identifier: Apache-2.0
#include "compile.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "sources.hpp"
#include "toolchain.hpp"

namespace cex::plugins::cpp {
namespace {

void add_sources(plugin::Strings& argv, const plugin::PlanRequest& request) {
  bool any = false;
  for (const std::string_view file : request.files) {
    if (!is_source(request, file)) continue;
    argv.push_back(plugin::as_argument(file));
    any = true;
  }
  if (any) return;
  if (request.entry_file.empty()) {
    throw plugin::BadRequest(is_cpp(request) ? "no C++ source among the files (.cpp, .cc, .cxx)"
                                             : "no C source among the files (.c)");
  }
  // A program under a name of its own: the user said which file it is, so its ending does not
  // count.
  argv.insert(argv.end(), {"-x", is_cpp(request) ? "c++" : "c",
                           plugin::as_argument(request.entry_file), "-x", "none"});
}

bool uses_address_sanitizer(const plugin::PlanRequest& request) {
  for (const std::string_view arg : request.compile_args) {
    if (plugin::starts_with(arg, "-fsanitize=address")) return true;
  }
  return false;
}

}  // namespace

bool is_cpp(const plugin::PlanRequest& request) {
  return request.language == "cpp";
}

bool is_source(const plugin::PlanRequest& request, std::string_view file) {
  static constexpr std::string_view kCpp[] = {".cpp", ".cc", ".cxx", ".c++", ".C"};
  if (!is_cpp(request)) return plugin::ends_with(file, ".c");
  for (const std::string_view extension : kCpp) {
    if (plugin::ends_with(file, extension)) return true;
  }
  return false;
}

// The newest standard has a working title in compilers that were built before it was published.
std::string standard(const plugin::PlanRequest& request) {
  struct Rename {
    std::string_view name;
    std::string_view title;
    unsigned gcc;  // first major that knows the name
    unsigned clang;
  };
  static constexpr Rename kRenames[] = {{"c++23", "c++2b", 11, 17}, {"gnu++23", "gnu++2b", 11, 17},
                                        {"c++26", "c++2c", 14, 17}, {"gnu++26", "gnu++2c", 14, 17},
                                        {"c23", "c2x", 14, 18},     {"gnu23", "gnu2x", 14, 18}};
  const std::string_view wanted = request.option("std", is_cpp(request) ? "gnu++17" : "gnu17");
  const unsigned have = plugin::version_part(request.version, 0);
  for (const Rename& one : kRenames) {
    if (one.name != wanted) continue;
    const unsigned needed = is_clang(request.toolchain) ? one.clang : one.gcc;
    return std::string(have < needed ? one.title : one.name);
  }
  return std::string(wanted);
}

plugin::Strings compiler_call(const plugin::PlanRequest& request) {
  const bool clang = is_clang(request.toolchain);
  plugin::Strings argv{std::string(request.executable)};
  // One binary behind all of Clang's names; the real path does not tell which driver is meant.
  if (clang) argv.emplace_back(is_cpp(request) ? "--driver-mode=g++" : "--driver-mode=gcc");
  argv.push_back("-std=" + standard(request));
  argv.push_back("-O" + std::string(request.option("optimize", "2")));
  const std::string_view warnings = request.option("warnings", "none");
  if (warnings != "none") argv.emplace_back("-Wall");
  if (warnings == "extra") argv.emplace_back("-Wextra");
  argv.emplace_back(clang ? "-ferror-limit=50" : "-fmax-errors=50");
  // Includes of the project's own headers work from every folder of it.
  argv.insert(argv.end(), {"-iquote", "."});
  for (const std::string_view arg : request.compile_args) {
    if (!plugin::starts_with(arg, "-l")) argv.emplace_back(arg);
  }
  return argv;
}

void add_libraries(plugin::Strings& argv, const plugin::PlanRequest& request) {
  for (const std::string_view arg : request.compile_args) {
    if (plugin::starts_with(arg, "-l")) argv.emplace_back(arg);
  }
  if (!is_cpp(request)) argv.emplace_back("-lm");
}

plugin::Hints compile_hints() {
  return {.processes = 16,
          .overhead_memory_bytes = 512 * plugin::kMiB,
          .tmp_bytes = 128 * plugin::kMiB,
          .cpu_ms = 10'000};
}

plugin::Step compile_step(const plugin::PlanRequest& request) {
  plugin::Step step{.name = is_cpp(request) ? "c++" : "cc", .argv = compiler_call(request)};
  add_sources(step.argv, request);
  step.argv.insert(step.argv.end(), {"-o", std::string(kProgram)});
  add_libraries(step.argv, request);
  step.outputs = {std::string(kProgram)};
  step.hints = compile_hints();
  step.repeatable = is_repeatable(request);
  return step;
}

plugin::Step run_step(const plugin::PlanRequest& request) {
  plugin::Step step{.name = "program", .argv = {plugin::in_box(request, kProgram)}};
  plugin::append(step.argv, request.args);
  step.keep_stdin = true;
  if (uses_address_sanitizer(request)) {
    // Shadow memory is mapped, not used; leaks cannot be looked for, as ptrace is not allowed.
    step.hints.address_space_bytes = 32 * 1024 * plugin::kGiB;
    step.hints.overhead_memory_bytes = 128 * plugin::kMiB;
    step.needs_proc = true;
    step.env = {"ASAN_OPTIONS=detect_leaks=0"};
  }
  return step;
}

}  // namespace cex::plugins::cpp
