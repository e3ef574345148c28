// SPDX-License-Identifier: Apache-2.0
#include "core/engine/pipeline.hpp"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/engine/compiling.hpp"
#include "core/engine/file_sets.hpp"
#include "core/engine/parallel_runs.hpp"
#include "core/engine/planning.hpp"
#include "core/engine/report.hpp"
#include "core/engine/verdict.hpp"

namespace cex::engine {
namespace {

constexpr const char* kBoxDir = "/box";
constexpr const char* kOurFault =
    "the server could not run this job; its operator finds the reason "
    "in the log under the job's id";

class Run {
 public:
  Run(const config::Config& config, const StepMeans& means, cache::CompileCache& cache,
      Permits& permits, telemetry::Exporter& spans, const Claim& claim, const Catalogue& catalogue,
      const Pipeline::Strings& strings, AuditRecord& record)
      : config_{config},
        means_{means},
        execution_{means, strings.cancel, claim.id},
        cache_{cache},
        permits_{permits},
        trace_{spans, claim},
        claim_{claim},
        request_{*claim.request},
        catalogue_{catalogue},
        emit_{strings.emit},
        console_{strings.console},
        record_{record},
        view_{claim.view} {}

  Pipeline::Ended whole_job() {
    if (auto done = steps(); !done) {
      const Errc code = done.error().code;
      if (is_refusal(code)) {
        no_longer(done.error().message);
      } else {
        fault_ = code;
        ours(done.error().message, code == Errc::system);
      }
    }
    view_.finished_at = std::chrono::system_clock::now();
    if (!view_.status) view_.status = judge_job(view_);
    view_.state = *view_.status == Verdict::cancelled ? JobState::cancelled : JobState::finished;
    return {std::move(view_), transient_, fault_};
  }

 private:
  Result<void> steps() {
    CEX_TRY(admitted_, admit(request_, claim_.context.permit, catalogue_, config_));
    admitted_.layers = means_.layers.ready(admitted_.choice);
    note_choice();
    CEX_TRY(const bool built, compile());
    if (!built) return {};
    CEX_TRY(const auto files, means_.runner.prepare(files_));
    run_all(*files);
    return {};
  }

  /// What came of one run, apart from the job until all have ended: several run at once.
  struct Ran {
    StepReport report;
    std::vector<BoxFile> artifacts;
    std::string failure;  // our own fault
    bool transient{false};
    Account account;
  };

  // Tests may run side by side, each with its own limits; which one failed first can only be told
  // if they do not.
  void run_all(const PreparedFiles& files) {
    std::vector<std::optional<Ran>> ran(admitted_.runs.size());
    const auto one = [&](std::size_t i) {
      ran[i] = run_safely(i, files);
      return goes_on(*ran[i]);
    };
    if (request_.stop_on_failure) {
      for (std::size_t i = 0; i < ran.size() && one(i); ++i) {
      }
    } else {
      run_in_parallel(permits_, ran.size(), one);
    }
    for (auto& done : ran) {
      if (!done) break;
      const bool last = !goes_on(*done);
      take(*std::move(done));
      if (last) break;
    }
  }

  [[nodiscard]] bool goes_on(const Ran& ran) const {
    const StepReport& report = ran.report;
    const bool failed = report.status != Verdict::ok || report.verdict == TestVerdict::wrong_answer;
    const bool over = !ran.failure.empty() || report.status == Verdict::cancelled ||
                      report.status == Verdict::internal_error;
    return !over && !(failed && request_.stop_on_failure);
  }

  void take(Ran ran) {
    account_for(ran.account);
    if (!ran.failure.empty()) ours(ran.failure, ran.transient);
    view_.artifacts = std::move(ran.artifacts);
    view_.runs.push_back(std::move(ran.report));
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
        means_.runner,
        cache_,
        {[&](const SandboxPlan& plan, const PreparedFiles& files) {
           Account account;
           StepOutcome outcome = execute(plan, files, {}, origin, account);
           account_for(account);
           const bool failed = outcome.why == WhyEnded::box_failed;
           if (failed && !plan.attempt) ours(outcome.failure, account.transient);
           return outcome;
         },
         [&](bool err, std::string_view piece) { tell(err, piece, origin); },
         [&](const StepReport& report) { return diagnose(admitted_.choice, report); }}};
    const std::string key =
        cache_.enabled() ? cache_key(claim_.context.tenant, admitted_.choice, plans, files_) : "";
    const WallTime begin = std::chrono::system_clock::now();
    CEX_TRY(auto done, compiling.run(plans, files_, key));
    note_step("compile", begin, done.report);
    files_ = std::move(done.files);
    record_.compile_cached = done.report.cached;
    view_.compile = std::move(done.report);
    return done.good;
  }

  Ran run_safely(std::size_t index, const PreparedFiles& files) {
    Ran ran;
    ran.report.name = admitted_.runs[index].name;
    ran.report.status = Verdict::internal_error;
    try {
      if (auto done = run(index, files, ran); !done) {
        ran.failure = done.error().message;
        ran.transient = done.error().code == Errc::system;
      }
    } catch (const std::exception& error) {
      ran.failure = error.what();  // a thread of a helper has no other door
    }
    return ran;
  }

  Result<void> run(std::size_t index, const PreparedFiles& files, Ran& ran) {
    const WallTime begin = std::chrono::system_clock::now();
    const Admitted::Run& wanted = admitted_.runs[index];
    CEX_TRY(const SandboxPlan plan, plan_run(request_, admitted_, wanted, files_, config_));
    JobEvent origin;
    origin.run = static_cast<std::uint32_t>(index);
    std::unique_ptr<PreparedFiles> own;
    if (!plan.files.empty()) {
      CEX_TRY(own, means_.runner.prepare(with_files(files_, plan.files)));
    }
    StepOutcome outcome = execute(plan, own ? *own : files, wanted.input, origin, ran.account);
    if (outcome.exec_error != 0 && is_below(plan.argv.front(), kBoxDir))
      blame_program(plan, outcome);
    if (outcome.why == WhyEnded::box_failed) {
      ran.failure = outcome.failure;
      ran.transient = ran.account.transient;
    }
    if (outcome.why == WhyEnded::idle) {
      view_.message = "nothing was said for " + std::to_string(console_->idle().count()) + " ms";
    }
    ran.artifacts = std::move(outcome.outputs);
    ran.report = report_step(wanted.name, std::move(outcome), StepKind::run);
    if (wanted.test != nullptr) hold_against(ran.report, *wanted.test);
    note_step("run", begin, ran.report);
    return {};
  }

  void note_step(const char* name, WallTime begin, const StepReport& report) const {
    trace_.note(
        name, begin, std::chrono::system_clock::now(),
        {{"cex.status", std::string{to_string(report.status)}}, {"cex.cached", report.cached}},
        report.status == Verdict::internal_error);
  }

  // What the job's own compilation made cannot be started: a package without main, say. As a shell
  // would tell it.
  static void blame_program(const SandboxPlan& plan, StepOutcome& outcome) {
    outcome.why = WhyEnded::exited;
    outcome.exit_code = outcome.exec_error == ENOENT ? 127 : 126;
    outcome.err.bytes = plan.argv.front() + ": cannot be executed: " +
                        std::generic_category().message(outcome.exec_error) + "\n";
  }

  void tell(bool err, std::string_view piece, const JobEvent& origin) {
    if (piece.empty()) return;
    JobEvent event = origin;
    event.kind = err ? JobEvent::Kind::err : JobEvent::Kind::out;
    event.bytes = piece;
    emit_(std::move(event));
  }

  StepOutcome execute(const SandboxPlan& plan, const PreparedFiles& files, std::string_view input,
                      const JobEvent& origin, Account& account) {
    StepOrder order{plan, files, input, {}, origin.compile ? nullptr : console_};
    // An attempt is not heard of before it is known that it counts.
    if (!plan.attempt) {
      order.observe = [&](bool err, std::string_view piece) { tell(err, piece, origin); };
    }
    return execution_.run(admitted_, order, account);
  }

  void account_for(const Account& account) {
    if (account.plan.empty()) return;
    record_.plans.push_back(account.plan);
    if (!record_.usage) record_.usage.emplace();
    add_usage(*record_.usage, account.usage);
    record_.network.add(account.network);
  }

  /// What admission says to a request that is not, or no longer, permitted.
  static bool is_refusal(Errc code) {
    return code == Errc::invalid_request || code == Errc::limit_too_high ||
           code == Errc::forbidden || code == Errc::unknown_language ||
           code == Errc::unknown_version || code == Errc::language_unusable;
  }

  // It was permitted when it was accepted: the configuration has changed while it waited.
  void no_longer(const std::string& why) {
    record_.detail = why;
    view_.status = Verdict::cancelled;
    view_.message = "no longer permitted by the server's configuration: " + why;
  }

  // Our own fault: the client gets a sentence, the operator gets the reason.
  void ours(const std::string& why, bool transient) {
    log::error("job failed for a reason of ours", {{"job", claim_.id}, {"reason", why}});
    record_.detail = why;
    transient_ = transient;
    view_.status = Verdict::internal_error;
    view_.message = kOurFault;
  }

  const config::Config& config_;
  const StepMeans& means_;
  const StepExecution execution_;
  cache::CompileCache& cache_;
  Permits& permits_;
  const JobTrace trace_;
  const Claim& claim_;
  const JobRequest& request_;
  const Catalogue& catalogue_;
  const Pipeline::Emit& emit_;
  supervise::Console* console_;  // null: nobody speaks to the program
  AuditRecord& record_;
  JobView view_;
  bool transient_{false};
  std::optional<Errc> fault_;
  Admitted admitted_;
  FileSet files_;
};

}  // namespace

Pipeline::Ended Pipeline::run(const Claim& claim, const Catalogue& catalogue,
                              const Strings& strings, AuditRecord& record) const {
  const auto config = config_.now();
  return Run{*config, means_, cache_, permits_, spans_, claim, catalogue, strings, record}
      .whole_job();
}

}  // namespace cex::engine
