// SPDX-License-Identifier: Apache-2.0
#include "core/engine/step_execution.hpp"

#include <signal.h>

#include <algorithm>

#include "core/base/log.hpp"
#include "core/launcher/wire.hpp"

namespace cex::engine {
namespace {

constexpr int kAttempts = 2;  // our own failures are tried once more before anybody hears of them

bool has_all_layers(const Admitted& admitted, const SandboxPlan& plan) {
  return std::all_of(plan.layers.begin(), plan.layers.end(), [&](const std::string& id) {
    return std::any_of(admitted.layers.places.begin(), admitted.layers.places.end(),
                       [&](const std::string& place) { return place.starts_with(id + "="); });
  });
}

bool is_our_failure(const StepOutcome& outcome) {
  return outcome.why == WhyEnded::box_failed && outcome.exec_error == 0;
}

}  // namespace

StepOutcome StepExecution::run(const Admitted& admitted, const StepOrder& order,
                               Account& account) const {
  const SandboxPlan& plan = order.plan;
  account.plan = plan.hash;
  means_.layers.wanted(admitted.choice, admitted.options, plan.layers);
  if (!plan.layers.empty()) {
    means_.metrics.layers_wanted(admitted.choice.language->id, has_all_layers(admitted, plan));
  }
  // Limits that do not fit beside those of running steps wait here; the step's clocks start later.
  const auto share = means_.memory.take(plan.limits.memory_bytes + wire::kBoxOverhead, cancel_);
  if (!share) {
    StepOutcome outcome;
    outcome.why = cancel_.cancelled() ? WhyEnded::cancelled : WhyEnded::box_failed;
    outcome.failure = "its memory limit is above what the machine has for jobs";
    return outcome;
  }
  StepOutcome outcome = in_boxes(admitted, order);
  account.transient = is_our_failure(outcome);
  account.usage = outcome.usage;
  account.network = outcome.network;
  return outcome;
}

StepOutcome StepExecution::in_boxes(const Admitted& admitted, const StepOrder& order) const {
  const SandboxPlan& plan = order.plan;
  // What waits was started with pipes.
  auto booted =
      plan.terminal ? nullptr : means_.preboots.take(admitted.choice, plan, admitted.layers);
  if (booted) means_.metrics.preboot_used(admitted.choice.language->id);
  // One that fails although it was started ahead has not failed yet.
  for (int attempt = booted ? 0 : 1;; ++attempt) {
    StepOutcome outcome = means_.runner.run(
        {plan, order.files, order.input, plan.outputs, order.observe, booted.get(), order.console},
        cancel_);
    booted.reset();
    // Output that a client has seen cannot be taken back, so only a silent failure is repeated.
    // Killed from outside: what was started ahead may have been so before it knew of the job.
    const bool killed =
        attempt == 0 && outcome.why == WhyEnded::exited && outcome.signal == SIGKILL;
    const bool ours = killed || is_our_failure(outcome);
    const bool silent = outcome.out.bytes.empty() && outcome.err.bytes.empty();
    const bool spoken_to = order.console != nullptr && order.console->was_heard();
    if (!ours || !silent || spoken_to || attempt == kAttempts || cancel_.cancelled()) {
      return outcome;
    }
    log::warning("box failed, trying again", {{"job", job_}, {"detail", outcome.failure}});
  }
}

}  // namespace cex::engine
