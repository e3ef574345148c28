// SPDX-License-Identifier: Apache-2.0
#include "core/engine/pipeline.hpp"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <functional>
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
#include "core/launcher/wire.hpp"

namespace cex::engine {
namespace {

constexpr int kAttempts = 2;  // our own failures are tried once more before anybody hears of them
constexpr const char* kBoxDir = "/box";
constexpr const char* kOurFault =
    "the server could not run this job; its operator finds the reason "
    "in the log under the job's id";

/// What the audit record learns of one step.
struct Account {
  std::string plan;  // hash
  Usage usage;
  NetworkReport network;
  bool transient{false};  // it failed for a reason of ours that may pass
};

class Run {
 public:
  Run(const config::Config& config, BoxRunner& runner, MemoryBudget& memory, LayerSource& layers,
      PrebootSource& preboots, cache::CompileCache& cache, Permits& permits,
      metrics::Metrics& metrics, telemetry::Exporter& spans, const Claim& claim,
      const Catalogue& catalogue, const Pipeline::Strings& strings, AuditRecord& record)
      : config_{config},
        runner_{runner},
        memory_{memory},
        layers_{layers},
        preboots_{preboots},
        cache_{cache},
        permits_{permits},
        metrics_{metrics},
        trace_{spans, claim},
        claim_{claim},
        request_{*claim.request},
        catalogue_{catalogue},
        cancel_{strings.cancel},
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
    admitted_.layers = layers_.ready(admitted_.choice);
    note_choice();
    CEX_TRY(const bool built, compile());
    if (!built) return {};
    CEX_TRY(const auto files, runner_.prepare(files_));
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
        runner_,
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
      CEX_TRY(own, runner_.prepare(with_files(files_, plan.files)));
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

  // An attempt is not heard of before it is known that it counts.
  StepOutcome execute(const SandboxPlan& plan, const PreparedFiles& files, std::string_view input,
                      const JobEvent& origin, Account& account) {
    account.plan = plan.hash;
    layers_.wanted(admitted_.choice, admitted_.options, plan.layers);
    if (!plan.layers.empty()) {
      metrics_.layers_wanted(admitted_.choice.language->id, has_all_layers(plan));
    }
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
    // What waits was started with pipes.
    const bool may_wait = share && !plan.terminal;
    auto booted = may_wait ? preboots_.take(admitted_.choice, plan, admitted_.layers) : nullptr;
    if (booted) metrics_.preboot_used(admitted_.choice.language->id);
    supervise::Console* const console = origin.compile ? nullptr : console_;
    // One that fails although it was started ahead has not failed yet.
    for (int attempt = booted ? 0 : 1; share; ++attempt) {
      outcome =
          runner_.run({plan, files, input, plan.outputs, observe, booted.get(), console}, cancel_);
      booted.reset();
      // Output that a client has seen cannot be taken back, so only a silent failure is repeated.
      // Killed from outside: what was started ahead may have been so before it knew of the job.
      const bool killed =
          attempt == 0 && outcome.why == WhyEnded::exited && outcome.signal == SIGKILL;
      const bool ours = killed || (outcome.why == WhyEnded::box_failed && outcome.exec_error == 0);
      const bool silent = outcome.out.bytes.empty() && outcome.err.bytes.empty();
      const bool spoken_to = console != nullptr && console->was_heard();
      if (!ours || !silent || spoken_to || attempt == kAttempts || cancel_.cancelled()) break;
      log::warning("box failed, trying again", {{"job", claim_.id}, {"detail", outcome.failure}});
    }
    account.transient = share && outcome.why == WhyEnded::box_failed && outcome.exec_error == 0;
    account.usage = outcome.usage;
    account.network = outcome.network;
    return outcome;
  }

  [[nodiscard]] bool has_all_layers(const SandboxPlan& plan) const {
    return std::all_of(plan.layers.begin(), plan.layers.end(), [this](const std::string& id) {
      return std::any_of(admitted_.layers.places.begin(), admitted_.layers.places.end(),
                         [&](const std::string& place) { return place.starts_with(id + "="); });
    });
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
  BoxRunner& runner_;
  MemoryBudget& memory_;
  LayerSource& layers_;
  PrebootSource& preboots_;
  cache::CompileCache& cache_;
  Permits& permits_;
  metrics::Metrics& metrics_;
  const JobTrace trace_;
  const Claim& claim_;
  const JobRequest& request_;
  const Catalogue& catalogue_;
  const supervise::CancelToken& cancel_;
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
  return Run{*config,  runner_, memory_, layers_,   preboots_, cache_, permits_,
             metrics_, spans_,  claim,   catalogue, strings,   record}
      .whole_job();
}

}  // namespace cex::engine
