// SPDX-License-Identifier: Apache-2.0
#include "core/engine/compiling.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "core/base/text.hpp"
#include "core/engine/file_sets.hpp"
#include "core/engine/report.hpp"
#include "core/warm/fingerprint.hpp"

namespace cex::engine {
namespace {

bool counts(const SandboxPlan& attempt, const StepOutcome& outcome) {
  if (outcome.why != WhyEnded::exited || outcome.signal != 0 || outcome.outputs_truncated) {
    return false;
  }
  const bool silent = outcome.out.bytes.empty() && outcome.err.bytes.empty();
  if (attempt.unless.empty()) return outcome.exit_code == 0 && silent;
  return std::none_of(attempt.unless.begin(), attempt.unless.end(), [&](const auto& text) {
    return outcome.out.bytes.find(text) != std::string::npos ||
           outcome.err.bytes.find(text) != std::string::npos;
  });
}

void append(CapturedStream& to, const CapturedStream& more) {
  to.bytes += more.bytes;
  to.truncated = to.truncated || more.truncated;
}

}  // namespace

std::string cache_key(std::string_view tenant, const Choice& choice,
                      const std::vector<SandboxPlan>& plans, const FileSet& files) {
  const bool repeatable = std::all_of(plans.begin(), plans.end(),
                                      [](const SandboxPlan& plan) { return plan.repeatable; });
  if (plans.empty() || !repeatable) return {};
  const auto tool = warm::fingerprint({choice.toolchain->executable});
  if (!tool) return {};
  // Hashes have one length and names hold no NUL, so no two lists make the same text.
  std::string text = sha256_hex(tenant) + choice.plugin->info.sha256 + *tool;
  for (const SandboxPlan& plan : plans) text += plan.hash;
  for (const BoxFile& file : files) {
    text += sha256_hex(*file.content) + (file.executable ? "x" : "-") + file.path + '\0';
  }
  return sha256_hex(text);
}

Result<Compiling::Done> Compiling::run(const std::vector<SandboxPlan>& plans, const FileSet& files,
                                       const std::string& key) {
  if (auto found = from_cache(files, key)) return *std::move(found);
  const auto normal = std::find_if(plans.begin(), plans.end(),
                                   [](const SandboxPlan& plan) { return !plan.attempt; });
  std::optional<Done> done;
  if (normal != plans.begin()) {
    CEX_TRY(done, steps({plans.begin(), normal}, files));
  }
  // A void attempt is as if it had never been, but for the time that it took.
  if (!done) {
    CEX_TRY(done, steps({normal, plans.end()}, files));
  }
  if (done->good) keep(*done, files, key);
  return *std::move(done);
}

std::optional<Compiling::Done> Compiling::from_cache(const FileSet& files, const std::string& key) {
  if (key.empty()) return std::nullopt;
  const auto begun = std::chrono::steady_clock::now();
  const auto found = cache_.find(key);
  if (found == nullptr) return std::nullopt;
  Done done{true, files, {}};
  replace_files(done.files, found->outputs);
  done.report.name = found->step;
  done.report.exit_code = 0;
  done.report.out = found->out;
  done.report.err = found->err;
  done.report.diagnostics = found->diagnostics;
  done.report.cached = true;
  hooks_.tell(false, found->out.bytes);
  hooks_.tell(true, found->err.bytes);
  done.report.usage.wall = std::chrono::steady_clock::now() - begun;
  return done;
}

void Compiling::keep(const Done& done, const FileSet& before, const std::string& key) {
  if (key.empty() || !cache_.enabled()) return;
  std::set<const std::string*> own;
  for (const BoxFile& file : before) own.insert(file.content.get());
  cache::Compiled compiled{
      done.report.name, {}, done.report.out, done.report.err, done.report.diagnostics};
  for (const BoxFile& file : done.files) {
    if (own.count(file.content.get()) == 0) compiled.outputs.push_back(file);
  }
  cache_.store(key, std::move(compiled));
}

// One after the other, until one fails. What they print is one text for the client.
Result<std::optional<Compiling::Done>> Compiling::steps(std::span<const SandboxPlan> plans,
                                                        FileSet files) {
  Done done{true, std::move(files), {}};
  CapturedStream out;
  CapturedStream err;
  for (auto plan = plans.begin(); plan != plans.end() && done.good; ++plan) {
    CEX_TRY(const auto prepared, runner_.prepare(with_files(done.files, plan->files)));
    StepOutcome outcome = hooks_.execute(*plan, *prepared);
    add_usage(usage_, outcome.usage);
    if (plan->attempt && !counts(*plan, outcome)) return std::optional<Done>{};
    replace_files(done.files, std::move(outcome.outputs));
    const bool too_much = outcome.outputs_truncated;
    done.report = report_step(plan->step, std::move(outcome), StepKind::compile);
    if (too_much && done.report.status == Verdict::ok) done.report.status = Verdict::disk_limit;
    append(out, done.report.out);
    append(err, done.report.err);
    done.good = done.report.status == Verdict::ok;
  }
  if (plans.front().attempt) {
    hooks_.tell(false, out.bytes);
    hooks_.tell(true, err.bytes);
  }
  done.report.out = std::move(out);
  done.report.err = std::move(err);
  done.report.usage = usage_;
  done.report.diagnostics = hooks_.diagnose(done.report);
  return std::optional{std::move(done)};
}

}  // namespace cex::engine
