// SPDX-License-Identifier: Apache-2.0
#include "core/engine/report.hpp"

#include <algorithm>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/engine/compare.hpp"

namespace cex::engine {
namespace {

constexpr std::size_t kMaxText = 256 << 10U;
constexpr std::size_t kMaxLine = 4 << 10U;
constexpr std::size_t kMaxDiagnostics = 200;
constexpr std::string_view kBoxPrefix = "/box/";

// Compiler text is written by the user: very long lines are cut before anybody scans them.
std::string cap(std::string_view text, bool& truncated) {
  std::string capped;
  for (const auto line : split(text, '\n')) {
    if (capped.size() >= kMaxText) {
      truncated = true;
      break;
    }
    truncated = truncated || line.size() > kMaxLine;
    capped += line.substr(0, kMaxLine);
    capped += '\n';
  }
  return capped;
}

// File names as the user gave them, whatever the compiler made of them.
std::string map_back(const std::string& file) {
  if (file.compare(0, kBoxPrefix.size(), kBoxPrefix) == 0) return file.substr(kBoxPrefix.size());
  if (file.compare(0, 2, "./") == 0) return file.substr(2);
  return file;
}

}  // namespace

StepReport report_step(std::string name, StepOutcome&& outcome, StepKind kind) {
  StepReport report;
  report.name = std::move(name);
  report.status = judge(outcome, kind);
  // Our own SIGKILL tells nothing about the program, but the client sees how it ended.
  if (outcome.signal != 0) {
    report.signal = outcome.signal;
  } else if (outcome.why == WhyEnded::exited || outcome.exit_code >= 0) {
    report.exit_code = outcome.exit_code;
  }
  report.usage = outcome.usage;
  report.out = std::move(outcome.out);
  report.err = std::move(outcome.err);
  return report;
}

void hold_against(StepReport& report, const TestCase& test) {
  if (report.status != Verdict::ok || !test.expected_stdout) return;
  const bool same = matches(report.out.bytes, *test.expected_stdout, test.compare, test.epsilon);
  report.verdict = same ? TestVerdict::accepted : TestVerdict::wrong_answer;
}

std::vector<Diagnostic> diagnose(const Choice& choice, const StepReport& report) {
  bool truncated = report.err.truncated || report.out.truncated;
  const std::string text = cap(report.err.bytes + report.out.bytes, truncated);
  auto found = choice.plugin->spec->diagnose(choice.language->id, text, truncated);
  if (!found) {
    log::warning("plugin failed on compiler output",
                 {{"plugin", choice.plugin->info.id}, {"reason", found.error().message}});
    return {};
  }
  if (found->size() > kMaxDiagnostics) found->resize(kMaxDiagnostics);
  for (Diagnostic& diagnostic : *found) {
    diagnostic.file = map_back(diagnostic.file);
    if (diagnostic.message.size() > kMaxLine) diagnostic.message.resize(kMaxLine);
  }
  return *std::move(found);
}

void add_usage(Usage& sum, const Usage& step) {
  sum.wall += step.wall;
  sum.cpu += step.cpu;
  sum.memory_peak_bytes = std::max(sum.memory_peak_bytes, step.memory_peak_bytes);
}

}  // namespace cex::engine
