// SPDX-License-Identifier: Apache-2.0
#include "core/engine/pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/engine/compiling.hpp"
#include "core/engine/file_sets.hpp"
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
  Run(const config::Config& config, BoxRunner& runner, MemoryBudget& memory, LayerSource& layers,
      cache::CompileCache& cache, const Claim& claim, const Catalogue& catalogue,
      const supervise::CancelToken& cancel, const Pipeline::Emit& emit, AuditRecord& record)
      : config_{config},
        runner_{runner},
        memory_{memory},
        layers_{layers},
        cache_{cache},
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
    admitted_.layers = layers_.ready(admitted_.choice);
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
    const JobEvent origin{0, {}, true, 0, {}, {}};
    Compiling compiling{
        runner_,
        cache_,
        {[&](const SandboxPlan& plan, const PreparedFiles& files) {
           return execute(plan, files, {}, origin);
         },
         [&](bool err, std::string_view piece) { tell(err, piece, origin); },
         [&](const StepReport& report) { return diagnose(admitted_.choice, report); }}};
    const std::string key =
        cache_.enabled() ? cache_key(claim_.context.tenant, admitted_.choice, plans, files_) : "";
    CEX_TRY(auto done, compiling.run(plans, files_, key));
    files_ = std::move(done.files);
    record_.compile_cached = done.report.cached;
    view_.compile = std::move(done.report);
    return done.good;
  }

  // True if the next run, if there is one, should be made.
  Result<bool> run(std::size_t index, const PreparedFiles& files) {
    const Admitted::Run& wanted = admitted_.runs[index];
    CEX_TRY(const SandboxPlan plan, plan_run(request_, admitted_, wanted, files_, config_));
    JobEvent origin;
    origin.run = static_cast<std::uint32_t>(index);
    std::unique_ptr<PreparedFiles> own;
    if (!plan.files.empty()) {
      CEX_TRY(own, runner_.prepare(with_files(files_, plan.files)));
    }
    StepOutcome outcome = execute(plan, own ? *own : files, wanted.input, origin);
    view_.artifacts = std::move(outcome.outputs);
    StepReport report = report_step(wanted.name, std::move(outcome), StepKind::run);
    if (wanted.test != nullptr) hold_against(report, *wanted.test);
    const bool failed = report.status != Verdict::ok || report.verdict == TestVerdict::wrong_answer;
    const bool over =
        report.status == Verdict::cancelled || report.status == Verdict::internal_error;
    view_.runs.push_back(std::move(report));
    return !over && !(failed && request_.stop_on_failure);
  }

  void tell(bool err, std::string_view piece, const JobEvent& origin) {
    if (piece.empty()) return;
    JobEvent event = origin;
    event.kind = err ? JobEvent::Kind::err : JobEvent::Kind::out;
    event.bytes = piece;
    emit_(std::move(event));
  }

  // An attempt is not heard of before it is known that it counts.
  StepOutcome execute(const SandboxPlan& plan, const PreparedFiles& files, std::string_view input,
                      const JobEvent& origin) {
    record_.plans.push_back(plan.hash);
    layers_.wanted(admitted_.choice, admitted_.options, plan.layers);
    std::function<void(bool, std::string_view)> observe;
    if (!plan.attempt) {
      observe = [&](bool err, std::string_view piece) { tell(err, piece, origin); };
    }
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
    if (outcome.why == WhyEnded::box_failed && !plan.attempt) ours(outcome.failure);
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
  LayerSource& layers_;
  cache::CompileCache& cache_;
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
  return Run{config_, runner_, memory_, layers_, cache_, claim, catalogue, cancel, emit, record}
      .whole_job();
}

}  // namespace cex::engine
