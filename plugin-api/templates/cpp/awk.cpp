// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cex/plugin.hpp>
#include <cex/scan.hpp>

namespace {

namespace cp = cex::plugin;

/// AWK, by whichever of mawk and gawk is installed. Copy this file, rename things, keep the shape.
class AwkSpec final : public cp::LangSpec {
 public:
  void describe(cp::Describe& describe) const override {
    cp::Language awk;
    awk.id = "demo-awk";
    awk.name = "AWK (demo)";
    awk.family = "demo";
    awk.extensions = {".awk"};
    awk.default_file = "main.awk";
    awk.editor_mode = "awk";
    awk.hello = "BEGIN { print \"Hello, world!\" }\n";
    describe.language(awk);

    cp::Option separator;
    separator.language = "demo-awk";
    separator.id = "separator";
    separator.default_value = "blank";
    separator.allowed = {"blank", "comma", "tab", "colon"};
    describe.option(separator);

    // The host runs a candidate with these arguments in a box; recognise() reads it.
    // Where both are installed, the earlier probe is the default.
    for (const char* name : {"mawk", "gawk"}) {
      cp::Probe probe;
      probe.id = name;
      probe.candidates = {name};
      probe.args = {"-W", "version"};
      describe.probe(probe);
    }
  }

  std::optional<cp::Toolchain> recognise(const cp::ProbeOutput& output) const override {
    if (output.exit_code != 0) return std::nullopt;
    const std::string mawk = cp::scan_version(output.out, "mawk ");
    const std::string gawk = cp::scan_version(output.out, "GNU Awk ");
    if (mawk.empty() && gawk.empty()) return std::nullopt;
    cp::Toolchain toolchain;
    toolchain.id = mawk.empty() ? "gawk" : "mawk";
    toolchain.executable = std::string(output.executable);
    toolchain.version = mawk.empty() ? gawk : mawk;
    toolchain.label = (mawk.empty() ? "GNU Awk " : "mawk ") + toolchain.version;
    toolchain.languages = {"demo-awk"};
    return toolchain;
  }

  cp::Plan plan(const cp::PlanRequest& request) const override {
    if (request.phase != cp::Phase::run) return {};  // nothing to compile, nothing to warm up
    cp::Step step;
    step.name = "awk";
    step.argv = {std::string(request.executable),        "-F", separator(request), "-f",
                 "./" + std::string(request.entry_file), "--"};
    for (const std::string_view arg : request.args) step.argv.emplace_back(arg);
    step.keep_stdin = true;
    return {step};
  }

  std::vector<cp::Diagnostic> diagnose(const cp::CompilerOutput& output) const override {
    // mawk: "mawk: main.awk: line 3: syntax error at or near }"
    std::vector<cp::Diagnostic> all;
    cp::for_each_line(output.text, [&](std::string_view line) {
      const std::size_t at = line.find(": line ");
      cp::Diagnostic found;
      if (at == std::string_view::npos) return true;
      std::string_view rest = line.substr(at + 7);
      if (!cp::take_number(rest, found.line) || !cp::skip(rest, ": ")) return true;
      std::string_view file = line.substr(0, at);
      cp::skip(file, "mawk: ");
      cp::skip(file, "./");
      found.file = std::string(file);
      found.message = std::string(rest);
      all.push_back(std::move(found));
      return all.size() < cp::kMaxDiagnostics;
    });
    return all;
  }

 private:
  static std::string separator(const cp::PlanRequest& request) {
    const std::string_view name = request.option("separator");
    if (name == "comma") return ",";
    if (name == "tab") return "\t";
    if (name == "colon") return ":";
    return " ";
  }
};

}  // namespace

CEX_PLUGIN(AwkSpec, "org.example.awk", "1.0.0", /*oldest host*/ "0.1.0")
