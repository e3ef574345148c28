// SPDX-License-Identifier: Apache-2.0

// What compilers and tools print, and users steer, through every scanner and every plugin, and the
// same as a source that plugins look into: the first byte chooses the plugin, the rest is the text.
#include <array>
#include <cstdint>
#include <memory>

#include <cex/scan.hpp>

#include "plugins/cpp/cpp_spec.hpp"
#include "plugins/go/go_spec.hpp"
#include "plugins/jvm/jvm_spec.hpp"
#include "plugins/python/python_spec.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using cex::fuzz::require;
namespace plugin = cex::plugin;

struct Known {
  std::unique_ptr<plugin::LangSpec> spec;
  const char* language;
  const char* probe;
  const char* file;
};

const std::array<Known, 6>& all() {
  static const std::array<Known, 6> known{
      Known{std::make_unique<cex::plugins::CppSpec>(), "cpp", "g++", "main.cpp"},
      Known{std::make_unique<cex::plugins::GoSpec>(), "go", "go", "main.go"},
      Known{std::make_unique<cex::plugins::JvmSpec>(), "java", "javac", "Main.java"},
      Known{std::make_unique<cex::plugins::PythonSpec>(), "python", "python", "main.py"},
      Known{std::make_unique<cex::plugins::JvmSpec>(), "kotlin", "kotlinc", "main.kt"},
      Known{std::make_unique<cex::plugins::JvmSpec>(), "scala", "scalac", "Main.scala"}};
  return known;
}

void check(const std::vector<plugin::Diagnostic>& found, std::string_view text) {
  require(found.size() <= plugin::kMaxDiagnostics, "at most 200 diagnostics");
  for (const auto& one : found) {
    require(one.message.size() <= plugin::kMaxScanLine, "a message is no longer than a line");
    require(one.file.size() <= plugin::kMaxScanLine && one.code.size() <= plugin::kMaxScanLine,
            "neither is a file or a code");
    require(text.find(one.message) != std::string_view::npos, "a message is what the tool said");
  }
}

void plan_for(const Known& one, plugin::PlanRequest request) {
  for (const auto phase : {plugin::Phase::compile, plugin::Phase::run}) {
    request.phase = phase;
    try {
      for (const auto& step : one.spec->plan(request).steps) {
        require(!step.argv.empty(), "a step has a program");
      }
    } catch (const plugin::BadRequest&) {
      continue;  // the user is told what is wrong
    }
  }
}

// The text as a source that the plugin looks into, where everything is there that could be used.
void plan_source(const Known& one, std::string_view text) {
  plugin::PlanRequest request;
  request.language = one.language;
  request.toolchain = "python-3.11.2";
  request.executable = "/usr/lib/tool/bin/tool";
  request.version = "1.22.0";
  request.box_dir = request.out_dir = "/box";
  request.entry_file = one.file;
  request.files = {one.file};
  request.contents = {text};
  request.layers = {"pch-iostream-gnu++17-O2=/layers/a", "pch-everything-gnu++17-O2=/layers/b",
                    "go-std-1.22.0=/layers/c"};
  request.tools = {"mold=/usr/bin/mold", "java-17=/usr/lib/jvm/17/bin/java"};
  plan_for(one, request);
}

void plan_with(const Known& one, const plugin::Toolchain& toolchain, std::string_view text) {
  plugin::PlanRequest request;
  request.language = one.language;
  request.toolchain = toolchain.id;
  request.executable = toolchain.executable;
  request.version = toolchain.version;
  request.box_dir = request.out_dir = "/box";
  request.tools = {"java-17=/usr/lib/jvm/17/bin/java"};
  request.memory_bytes = std::uint64_t{256} << 20U;
  // The lines of the text stand in for files and arguments.
  request.files = cex::fuzz::parts_of(text.substr(0, 2000), '\n');
  request.args = request.compile_args = request.runtime_args = request.files;
  request.entry_file = request.files.empty() ? std::string_view{"main"} : request.files.front();
  plan_for(one, request);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Known& one = all()[data[0] % all().size()];
  const std::string_view text = cex::fuzz::text_of(data + 1, size - 1);
  check(one.spec->diagnose({one.language, text, false}), text);
  plan_source(one, text);
  check(plugin::scan_gnu_style(text), text);
  check(plugin::scan_javac(text), text);
  check(plugin::scan_python_traceback(text), text);
  const auto toolchain = one.spec->recognise({one.probe, "/usr/lib/tool/bin/tool", 0, text, text});
  if (toolchain) {
    require(!toolchain->id.empty() && !toolchain->version.empty(), "a toolchain has a version");
    plan_with(one, *toolchain, text);
  }
  return 0;
}
