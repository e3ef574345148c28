// SPDX-License-Identifier: Apache-2.0
#include "core/engine/pipeline.hpp"

#include <algorithm>
#include <chrono>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/engine/planning.hpp"
#include "core/engine/report.hpp"
#include "core/engine/verdict.hpp"
#include "core/launcher/wire.hpp"

namespace cex::engine {
namespace {

constexpr int kAttempts = 2;  // our own failures are tried once more before anybody hears of them
constexpr const char* kOurFault =
    "the server could not run this job; its operator finds the reason "
    "in the log under the job's id";

class Run {
 public:
  Run(const config::Config& config, BoxRunner& runner, MemoryBudget& memory, const Claim& claim,
      const Catalogue& catalogue, const supervise::CancelToken& cancel, const Pipeline::Emit& emit,
      AuditRecord& record)
      : config_{config},
        runner_{runner},
        memory_{memory},
        claim_{claim},
        request_{*claim.request},
        catalogue_{catalogue},
        cancel_{cancel},
        emit_{emit},
        record_{record},
        view_{claim.view} {}

  JobView whole_job() {
    if (auto done = steps(); !done) ours(done.error().message);
    view_.finished_at = std::chrono::system_clock::now();
    if (!view_.status) view_.status = judge_job(view_);
    view_.state = *view_.status == Verdict::cancelled ? JobState::cancelled : JobState::finished;
    return std::move(view_);
  }

 private:
  Result<void> steps() {
    CEX_TRY(admitted_, admit(request_, catalogue_, config_));
    note_choice();
    CEX_TRY(const bool built, compile());
    if (!built) return {};
    CEX_TRY(const auto files, runner_.prepare(files_));
    for (std::size_t i = 0; i < admitted_.runs.size(); ++i) {
      CEX_TRY(const bool go_on, run(i, *files));
      if (!go_on) break;
    }
    return {};
  }

  void note_choice() {
    view_.version = admitted_.choice.toolchain->version;
    record_.toolchain = admitted_.choice.toolchain->id;
    record_.toolchain_version = admitted_.choice.toolchain->version;
    record_.compile_limits = admitted_.compile_limits;
    record_.run_limits = admitted_.runs.front().limits;
    files_ = admitted_.files;
  }

  // True if there is something to run afterwards.
  Result<bool> compile() {
    CEX_TRY(const auto plans, plan_compile(request_, admitted_, config_));
    if (plans.empty()) return true;
    Usage sum;
    for (const SandboxPlan& plan : plans) {
      CEX_TRY(const auto files, runner_.prepare(files_));
      StepOutcome outcome = execute(plan, *files, {}, JobEvent{0, {}, true, 0, {}, {}});
      add_usage(sum, outcome.usage);
      carry_over(outcome);
      const bool too_much = outcome.outputs_truncated;
      StepReport report = report_step(plan.step, std::move(outcome), StepKind::compile);
      if (too_much && report.status == Verdict::ok) report.status = Verdict::disk_limit;
      report.usage = sum;
      report.diagnostics = diagnose(admitted_.choice, report);
      const bool failed = report.status != Verdict::ok;
      view_.compile = std::move(report);
      if (failed) return false;
    }
    return true;
  }

  // Declared outputs join the files of the next box, as plain files; a newer one replaces an older.
  void carry_over(StepOutcome& outcome) {
    for (BoxFile& output : outcome.outputs) {
      const auto same = std::find_if(files_.begin(), files_.end(),
                                     [&](const BoxFile& file) { return file.path == output.path; });
      if (same != files_.end()) {
        *same = std::move(output);
      } else {
        files_.push_back(std::move(output));
      }
    }
  }

  // True if the next run, if there is one, should be made.
  Result<bool> run(std::size_t index, const PreparedFiles& files) {
    const Admitted::Run& wanted = admitted_.runs[index];
    CEX_TRY(const SandboxPlan plan, plan_run(request_, admitted_, wanted, files_, config_));
    JobEvent origin;
    origin.run = static_cast<std::uint32_t>(index);
    StepOutcome outcome = execute(plan, files, wanted.input, origin);
    view_.artifacts = std::move(outcome.outputs);
    StepReport report = report_step(wanted.name, std::move(outcome), StepKind::run);
    if (wanted.test != nullptr) hold_against(report, *wanted.test);
    const bool failed = report.status != Verdict::ok || report.verdict == TestVerdict::wrong_answer;
    const bool over =
        report.status == Verdict::cancelled || report.status == Verdict::internal_error;
    view_.runs.push_back(std::move(report));
    return !over && !(failed && request_.stop_on_failure);
  }

  StepOutcome execute(const SandboxPlan& plan, const PreparedFiles& files, std::string_view input,
                      const JobEvent& origin) {
    record_.plans.push_back(plan.hash);
    const auto observe = [&](bool err, std::string_view piece) {
      JobEvent event = origin;
      event.kind = err ? JobEvent::Kind::err : JobEvent::Kind::out;
      event.bytes = piece;
      emit_(std::move(event));
    };
    StepOutcome outcome;
    // Limits that do not fit beside those of running steps wait here; the step's clocks start
    // later.
    const auto share = memory_.take(plan.limits.memory_bytes + wire::kBoxOverhead, cancel_);
    if (!share) {
      outcome.why = cancel_.cancelled() ? WhyEnded::cancelled : WhyEnded::box_failed;
      outcome.failure = "its memory limit is above what the machine has for jobs";
    }
    for (int attempt = 1; share; ++attempt) {
      outcome = runner_.run({plan, files, input, plan.outputs, observe}, cancel_);
      // Output that a client has seen cannot be taken back, so only a silent failure is repeated.
      const bool ours = outcome.why == WhyEnded::box_failed && !outcome.program_missing;
      const bool silent = outcome.out.bytes.empty() && outcome.err.bytes.empty();
      if (!ours || !silent || attempt == kAttempts || cancel_.cancelled()) break;
      log::warning("box failed, trying again", {{"job", claim_.id}, {"detail", outcome.failure}});
    }
    if (outcome.why == WhyEnded::box_failed) ours(outcome.failure);
    if (!record_.usage) record_.usage.emplace();
    add_usage(*record_.usage, outcome.usage);
    record_.network.add(outcome.network);
    return outcome;
  }

  // Our own fault: the client gets a sentence, the operator gets the reason.
  void ours(const std::string& why) {
    log::error("job failed for a reason of ours", {{"job", claim_.id}, {"reason", why}});
    record_.detail = why;
    view_.status = Verdict::internal_error;
    view_.message = kOurFault;
  }

  const config::Config& config_;
  BoxRunner& runner_;
  MemoryBudget& memory_;
  const Claim& claim_;
  const JobRequest& request_;
  const Catalogue& catalogue_;
  const supervise::CancelToken& cancel_;
  const Pipeline::Emit& emit_;
  AuditRecord& record_;
  JobView view_;
  Admitted admitted_;
  FileSet files_;
};

}  // namespace

JobView Pipeline::run(const Claim& claim, const Catalogue& catalogue,
                      const supervise::CancelToken& cancel, const Emit& emit,
                      AuditRecord& record) const {
  return Run{config_, runner_, memory_, claim, catalogue, cancel, emit, record}.whole_job();
}

}  // namespace cex::engine
