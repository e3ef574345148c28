// SPDX-License-Identifier: Apache-2.0
#include "python_spec.hpp"

#include <string>
#include <string_view>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "python_warm.hpp"

namespace cex::plugins {
namespace {

/// What the interpreter needs to see. The distribution's own lies in the base system.
plugin::Strings paths_of(std::string_view executable) {
  const std::string prefix(plugin::folder_of(plugin::folder_of(executable)));
  if (prefix == "/usr" || prefix.empty()) return {};
  if (prefix == "/usr/local") return {"/usr/local/bin", "/usr/local/lib"};
  return {prefix};
}

}  // namespace

void PythonSpec::describe(plugin::Describe& describe) const {
  describe.language({.id = "python",
                     .name = "Python",
                     .family = "python",
                     .aliases = {"py", "python3"},
                     .extensions = {".py"},
                     .default_file = "main.py",
                     .editor_mode = "python",
                     .hello = "print(\"Hello, world!\")\n",
                     .interactive = true});
  describe.option(
      {.language = "python", .id = "optimize", .default_value = "0", .allowed = {"0", "1", "2"}});
  describe.option(
      {.language = "python",
       .id = "python",
       .allowed = {"-u", "-b", "-bb", "-q", "-s", "-E", "-I", "-Wdefault", "-Werror", "-Wignore",
                   "-Walways", "-Xdev", "-Xutf8", "-Xutf8=0", "-Xfaulthandler", "-Ximporttime",
                   "-Xtracemalloc", "-Xtracemalloc=*", "-Xint_max_str_digits=*"},
       .kind = plugin::OptionKind::runtime_argument});
  describe.probe({.id = "python",
                  .candidates = {"python3", "/usr/local/bin/python3.*", "/usr/bin/python3.*",
                                 "/opt/*/bin/python3"},
                  .args = {"-V"},
                  .every = true});
  describe.probe(
      {.id = "pypy", .candidates = {"pypy3", "/opt/*/bin/pypy3"}, .args = {"-V"}, .every = true});
}

std::optional<plugin::Toolchain> PythonSpec::recognise(const plugin::ProbeOutput& output) const {
  if (output.exit_code != 0 || !plugin::starts_with(output.out, "Python 3.")) return std::nullopt;
  const std::string version = plugin::scan_version(output.out, "Python ");
  // "Python 3.9.16 (...)\n[PyPy 7.3.11 with GCC 12.2.0]": the language's version is what counts.
  const std::string pypy = plugin::scan_version(output.out, "[PyPy ");
  const std::string name = pypy.empty() ? "python" : "pypy";
  return plugin::Toolchain{
      .id = name + "-" + version,
      .executable = std::string(output.executable),
      .version = version,
      .label = pypy.empty() ? "CPython " + version : "PyPy " + pypy + ", Python " + version,
      .languages = {"python"},
      .read_only_paths = paths_of(output.executable),
  };
}

plugin::Plan PythonSpec::plan(const plugin::PlanRequest& request) const {
  if (request.phase != plugin::Phase::run) return {};
  // -B: the box dies after the run, bytecode files in it would only cost time and quota.
  plugin::Step step{.name = "python", .argv = {std::string(request.executable), "-B"}};
  const std::string_view optimize = request.option("optimize", "0");
  if (optimize == "1") step.argv.emplace_back("-O");
  if (optimize == "2") step.argv.emplace_back("-OO");
  plugin::append(step.argv, request.runtime_args);
  // An absolute path, always the same one: what an interpreter started ahead would have to use too.
  step.argv.push_back(plugin::in_box(request, request.entry_file));
  plugin::append(step.argv, request.args);
  step.keep_stdin = true;
  // PyPy compiles at run time; asking for it on CPython would widen its box for nothing.
  step.needs_exec_memory = plugin::starts_with(request.toolchain, "pypy");
  step.needs_proc = step.needs_exec_memory;
  plugin::Plan plan{step};
  python::add_preboot(request, plan);
  return plan;
}

std::vector<plugin::Diagnostic> PythonSpec::diagnose(const plugin::CompilerOutput& output) const {
  return plugin::scan_python_traceback(output.text);
}

}  // namespace cex::plugins
