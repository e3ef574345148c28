// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/interrupt.hpp"
#include "cli/program.hpp"
#include "cli/session.hpp"
#include "core/base/ids.hpp"
#include "server/dto/job_view.hpp"

namespace cex::cli {
namespace {

constexpr std::chrono::milliseconds kLookForSignals{100};

/// Wakes the waiting main thread when the job has something new.
class Bell {
 public:
  void ring() {
    {
      const std::lock_guard guard{mutex_};
      rung_ = true;
    }
    changed_.notify_one();
  }
  void wait() {
    std::unique_lock guard{mutex_};
    changed_.wait_for(guard, kLookForSignals, [&] { return rung_; });
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_{false};
};

void print(const JobEvent& event) {
  const bool to_stdout = event.kind == JobEvent::Kind::out && !event.compile;
  if (!to_stdout && event.kind != JobEvent::Kind::err && event.kind != JobEvent::Kind::out) return;
  std::FILE* const stream = to_stdout ? stdout : stderr;
  std::fwrite(event.bytes.data(), 1, event.bytes.size(), stream);
  std::fflush(stream);
}

/// Follows the job to its end, printing as it goes. False if a signal came first.
Result<bool> follow(engine::Service& service, const std::string& id, bool quiet) {
  Bell bell;
  CEX_TRY(const auto watch,
          service.watch(id, engine::Watched::every_event, [&bell] { bell.ring(); }));
  std::uint64_t last = 0;
  while (interrupted() == 0) {
    CEX_TRY(const auto page, service.events(id, last));
    for (const JobEvent& event : page.events) {
      last = event.sequence;
      if (!quiet) print(event);
    }
    if (page.finished && page.events.empty()) return true;
    if (page.events.empty()) bell.wait();
  }
  return false;
}

const StepReport* decisive_step(const JobView& job) {
  if (job.compile && job.compile->status != Verdict::ok) return &*job.compile;
  return job.runs.empty() ? nullptr : &job.runs.front();
}

/// A sentence for what the exit status alone does not say.
void explain_status(const JobView& job, Verdict status) {
  if (status == Verdict::ok || status == Verdict::runtime_error) return;
  std::string text{to_string(status)};
  for (char& c : text) c = c == '_' ? ' ' : c;
  const std::string more = job.message.value_or("");
  std::fprintf(stderr, "cex: %s%s%s\n", text.c_str(), more.empty() ? "" : ": ", more.c_str());
}

int status_of(const JobView& job) {
  const Verdict status = job.status.value_or(Verdict::internal_error);
  explain_status(job, status);
  const StepReport* step = decisive_step(job);
  switch (status) {
    case Verdict::ok:
      return kExitOk;
    case Verdict::runtime_error:
      if (step != nullptr && step->signal) return kExitSignal + *step->signal;
      return step != nullptr && step->exit_code ? *step->exit_code : kExitFailure;
    case Verdict::time_limit:
      return kExitTimeLimit;
    case Verdict::compile_error:
    case Verdict::memory_limit:
    case Verdict::output_limit:
    case Verdict::process_limit:
    case Verdict::disk_limit:
    case Verdict::wrong_answer:
    case Verdict::cancelled:
    case Verdict::internal_error:
      return kExitFailure;
  }
  return kExitFailure;
}

RequestContext context() {
  return {.request_id = random_hex(8), .trace_id = random_hex(16), .tenant = "cli"};
}

/// A session and a job for it whose language is settled.
struct Prepared {
  Session session;
  JobRequest request;
};

Result<Prepared> prepare(const Common& common, const Program& program) {
  CEX_TRY(auto config, load_config(common));
  CEX_TRY(JobRequest request, read_program(program));
  CEX_TRY(Session session,
          Session::open(std::move(config), {request.language, request.files.front().path}));
  CEX_CHECK(choose_language(request, session.service().languages()));
  return Prepared{std::move(session), std::move(request)};
}

Result<int> run_job(engine::Service& service, JobRequest request, bool json) {
  std::vector<JobRequest> jobs;
  jobs.push_back(std::move(request));
  CEX_TRY(const auto submitted, service.submit({.jobs = std::move(jobs), .context = context()}));
  const std::string& id = submitted.ids.front();
  CEX_TRY(const bool ended, follow(service, id, json));
  if (!ended) {
    CEX_CHECK(service.cancel(id));
    return kExitSignal + interrupted();
  }
  CEX_TRY(const JobView job, service.get(id));
  if (json) std::printf("%s\n", dto::to_json_value(job).dump(2).c_str());
  return status_of(job);
}

}  // namespace

int run(const Common& common, const RunCommand& command) {
  watch_for_interrupts();
  auto prepared = prepare(common, command.program);
  if (!prepared) return complain(prepared.error());
  const auto status =
      run_job(prepared->session.service(), std::move(prepared->request), command.json);
  return status ? *status : complain(status.error());
}

int plan(const Common& common, const PlanCommand& command) {
  auto prepared = prepare(common, command.program);
  if (!prepared) return complain(prepared.error());
  const auto text = prepared->session.service().explain(prepared->request);
  if (!text) return complain(text.error());
  std::printf("%s\n", text->c_str());
  return kExitOk;
}

}  // namespace cex::cli
