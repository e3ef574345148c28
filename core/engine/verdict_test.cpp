// SPDX-License-Identifier: Apache-2.0
#include "core/engine/verdict.hpp"

#include <signal.h>

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

StepOutcome ended(WhyEnded why, int code = 0, int signal = 0) {
  StepOutcome outcome;
  outcome.why = why;
  outcome.exit_code = code;
  outcome.signal = signal;
  return outcome;
}

TEST(Judge, follows_the_first_cause) {
  EXPECT_EQ(judge(ended(WhyEnded::exited), StepKind::run), Verdict::ok);
  EXPECT_EQ(judge(ended(WhyEnded::exited, 1), StepKind::run), Verdict::runtime_error);
  EXPECT_EQ(judge(ended(WhyEnded::exited, 1), StepKind::compile), Verdict::compile_error);
  EXPECT_EQ(judge(ended(WhyEnded::wall_limit, -1, SIGKILL), StepKind::run), Verdict::time_limit);
  EXPECT_EQ(judge(ended(WhyEnded::cpu_limit, -1, SIGKILL), StepKind::run), Verdict::time_limit);
  EXPECT_EQ(judge(ended(WhyEnded::memory_limit, -1, SIGKILL), StepKind::run),
            Verdict::memory_limit);
  EXPECT_EQ(judge(ended(WhyEnded::output_limit, 0), StepKind::run), Verdict::output_limit);
  EXPECT_EQ(judge(ended(WhyEnded::cancelled), StepKind::run), Verdict::cancelled);
  EXPECT_EQ(judge(ended(WhyEnded::box_failed), StepKind::run), Verdict::internal_error);
}

TEST(Judge, is_not_fooled_by_signals_that_a_program_sends_itself) {
  for (const int signal : {SIGKILL, SIGXCPU, SIGSYS, SIGSEGV}) {
    EXPECT_EQ(judge(ended(WhyEnded::exited, -1, signal), StepKind::run), Verdict::runtime_error);
  }
  EXPECT_EQ(judge(ended(WhyEnded::exited, 137), StepKind::run), Verdict::runtime_error);
}

TEST(Judge, names_the_limit_that_a_failing_program_ran_into) {
  auto outcome = ended(WhyEnded::exited, 1);
  outcome.process_limit_hit = true;
  EXPECT_EQ(judge(outcome, StepKind::run), Verdict::process_limit);
  outcome = ended(WhyEnded::exited, 1);
  outcome.disk_full = true;
  EXPECT_EQ(judge(outcome, StepKind::run), Verdict::disk_limit);
  EXPECT_EQ(judge(ended(WhyEnded::exited, -1, SIGXFSZ), StepKind::run), Verdict::disk_limit);
  outcome = ended(WhyEnded::wall_limit, -1, SIGKILL);
  outcome.process_limit_hit = true;
  EXPECT_EQ(judge(outcome, StepKind::run), Verdict::process_limit);
}

TEST(Judge, lets_a_program_that_coped_with_a_limit_be_ok) {
  auto outcome = ended(WhyEnded::exited, 0);
  outcome.process_limit_hit = true;
  outcome.disk_full = true;
  EXPECT_EQ(judge(outcome, StepKind::run), Verdict::ok);
}

TEST(JudgeJob, takes_the_first_step_that_is_not_ok) {
  JobView view;
  view.runs.resize(3);
  EXPECT_EQ(judge_job(view), Verdict::ok);
  view.runs[0].verdict = TestVerdict::wrong_answer;
  EXPECT_EQ(judge_job(view), Verdict::wrong_answer);
  view.runs[2].status = Verdict::time_limit;
  EXPECT_EQ(judge_job(view), Verdict::time_limit);
  view.compile.emplace();
  view.compile->status = Verdict::compile_error;
  EXPECT_EQ(judge_job(view), Verdict::compile_error);
}

}  // namespace
}  // namespace cex::engine
