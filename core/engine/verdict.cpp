// SPDX-License-Identifier: Apache-2.0
#include "core/engine/verdict.hpp"

#include <signal.h>

namespace cex::engine {
namespace {

Verdict judge_exit(const StepOutcome& outcome, StepKind kind) {
  if (outcome.exit_code == 0 && outcome.signal == 0) return Verdict::ok;
  // It failed; did the kernel refuse it something just before?
  if (outcome.process_limit_hit) return Verdict::process_limit;
  if (outcome.disk_full || outcome.signal == SIGXFSZ) return Verdict::disk_limit;
  return kind == StepKind::compile ? Verdict::compile_error : Verdict::runtime_error;
}

}  // namespace

Verdict judge(const StepOutcome& outcome, StepKind kind) {
  switch (outcome.why) {
    case WhyEnded::exited:
      return judge_exit(outcome, kind);
    case WhyEnded::wall_limit:
    case WhyEnded::cpu_limit:
      // A fork bomb never ends by itself; the refusal came first.
      return outcome.process_limit_hit ? Verdict::process_limit : Verdict::time_limit;
    case WhyEnded::idle:
      return Verdict::time_limit;
    case WhyEnded::memory_limit:
      return Verdict::memory_limit;
    case WhyEnded::output_limit:
      return Verdict::output_limit;
    case WhyEnded::cancelled:
      return Verdict::cancelled;
    case WhyEnded::box_failed:
      return Verdict::internal_error;
  }
  return Verdict::internal_error;
}

Verdict judge_job(const JobView& view) {
  if (view.compile && view.compile->status != Verdict::ok) return view.compile->status;
  bool wrong = false;
  for (const StepReport& run : view.runs) {
    if (run.status != Verdict::ok) return run.status;
    wrong = wrong || run.verdict == TestVerdict::wrong_answer;
  }
  return wrong ? Verdict::wrong_answer : Verdict::ok;
}

}  // namespace cex::engine
