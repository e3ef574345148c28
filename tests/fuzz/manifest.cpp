// SPDX-License-Identifier: Apache-2.0

// A plugin.json, and the language that a declarative one makes: recognised, planned, decided by the
// policy, its diagnostics read. The input: the manifest, and after a NUL what a tool printed.
#include "core/plugins/manifest.hpp"

#include <cstdint>

#include "core/base/text.hpp"
#include "core/plugins/declarative_spec.hpp"
#include "core/policy/planner.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using cex::fuzz::require;
namespace langspec = cex::langspec;

constexpr std::size_t kMaxDiagnostics = 200;

void check_plan(const langspec::LangSpec& spec, const langspec::Toolchain& toolchain,
                const std::string& language, langspec::Phase phase, std::string_view text) {
  langspec::PlanRequest request;
  request.phase = phase;
  request.language = language;
  request.toolchain = toolchain.id;
  request.executable = toolchain.executable;
  request.version = toolchain.version;
  request.entry_file = "main.x";
  request.files = {"main.x", "{executable}"};
  request.args = {std::string{text.substr(0, 100)}, "{args...}"};
  request.contents = {text, text};
  request.tools = {"link=/usr/bin/ld"};
  const auto plan = spec.plan(request);
  if (!plan) return;
  cex::policy::PlannerInput input;
  input.phase = phase;
  input.plan = *plan;
  input.toolchain = toolchain;
  input.toolchain_roots = {"/usr", "/opt"};
  const auto decided = cex::policy::decide(input);
  if (!decided) return;
  for (const auto& step : *decided) {
    require(!step.argv.empty(), "a step has a program");
    const std::string& program = step.argv.front();
    const bool below = cex::is_below(program, "/usr") || cex::is_below(program, "/opt") ||
                       cex::is_below(program, "/box");
    require(below, "a program lies below a root of toolchains, or in the box");
    require(program.find("/../") == std::string::npos, "a program's path is normal");
    for (const auto& item : step.argv) {
      require(item.find('\0') == std::string::npos, "no argument holds a NUL");
    }
  }
}

void check_toolchain(const langspec::LangSpec& spec, const std::string& probe,
                     std::string_view text) {
  const std::string printed{text};
  const auto toolchain = spec.recognise({probe, "/usr/bin/tool", 0, printed, printed});
  require(toolchain.has_value(), "recognising is no error");
  if (!*toolchain) return;
  require(cex::is_valid_utf8((*toolchain)->version), "a version is digits and dots");
  for (const std::string& language : (*toolchain)->languages) {
    check_plan(spec, **toolchain, language, langspec::Phase::compile, text);
    check_plan(spec, **toolchain, language, langspec::Phase::run, text);
    check_plan(spec, **toolchain, language, langspec::Phase::warm, text);
  }
}

void check_language(const langspec::LangSpec& spec, const std::string& language,
                    std::string_view text) {
  const auto diagnostics = spec.diagnose(language, text, false);
  require(diagnostics && diagnostics->size() <= kMaxDiagnostics, "diagnostics are bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = cex::fuzz::text_of(data, size);
  const auto manifest = cex::plugins::parse_manifest(cex::fuzz::take_until(text, '\0'));
  if (!manifest) return 0;
  require(!manifest->languages.empty(), "a plugin has a language");
  if (manifest->kind == cex::plugins::Manifest::Kind::native) {
    require(manifest->library.find('/') == std::string::npos, "a library lies beside its manifest");
    return 0;
  }
  const cex::plugins::DeclarativeSpec spec{manifest->declared};
  const auto description = spec.describe();
  require(description.has_value(), "a checked manifest describes itself");
  for (const auto& probe : description->probes) check_toolchain(spec, probe.id, text);
  for (const std::string& language : manifest->languages) check_language(spec, language, text);
  return 0;
}
