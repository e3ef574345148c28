// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>
#include <string>

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/interrupt.hpp"
#include "cli/program.hpp"
#include "cli/remote/api.hpp"
#include "cli/remote/job_end.hpp"
#include "cli/remote/waiting.hpp"

namespace cex::cli {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds kFirstLook{20};
constexpr milliseconds kLongestPause{500};

/// Asks until the job has ended. Null if a signal came first: the job is ended and forgotten then.
Result<Json> await(RemoteApi& api, Json job, bool show) {
  const std::string id = job.value("id", "");
  std::string shown;
  for (milliseconds pause = kFirstLook; !has_ended(job);
       pause = std::min(pause * 2, kLongestPause)) {
    const std::string state = job.value("state", "");
    if (show && state != shown) std::fprintf(stderr, "cex: %s %s\n", id.c_str(), state.c_str());
    shown = state;
    if (!pause_for(pause)) {
      CEX_CHECK(api.remove(id));
      return Json{};
    }
    CEX_TRY(job, api.job(id));
  }
  return job;
}

void write(std::FILE* to, const std::string& bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), to);
}

// As `cex run` does: the program's output is this command's, compilers speak on stderr.
void print(const Json& job) {
  if (job.contains("compile") && job["compile"].is_object()) {
    write(stderr, stream_of(job["compile"], "stderr"));
    write(stderr, stream_of(job["compile"], "stdout"));
  }
  for (const Json& run : job.value("runs", Json::array())) {
    write(stdout, stream_of(run, "stdout"));
    write(stderr, stream_of(run, "stderr"));
  }
  const std::string status = status_of(job);
  if (status == "ok" || status == "runtime_error") return;
  std::fprintf(stderr, "cex: %s\n", status.c_str());
}

Result<int> submit_job(const SubmitCommand& command) {
  CEX_TRY(JobRequest request, read_program(command.program));
  CEX_TRY(HttpClient client, HttpClient::open(command.server));
  RemoteApi api{std::move(client)};
  if (request.language.empty()) {
    CEX_TRY(const auto languages, api.languages());
    CEX_CHECK(choose_language(request, languages));
  }
  CEX_TRY(const auto jobs, api.submit({to_json_value(request)}));
  if (jobs.empty()) return fail(Errc::not_ready, "the server made no job");
  Json job = jobs.front();
  if (!command.wait) {
    if (command.json) {
      std::printf("%s\n", job.dump(2).c_str());
    } else {
      std::printf("%s\n", job.value("id", "").c_str());
    }
    return kExitOk;
  }
  CEX_TRY(job, await(api, std::move(job), is_screen() && !command.json));
  if (job.is_null()) return kExitSignal + interrupted();
  if (command.json) {
    std::printf("%s\n", job.dump(2).c_str());
  } else {
    print(job);
  }
  return exit_status_of(job);
}

}  // namespace

int submit(const SubmitCommand& command) {
  watch_for_interrupts();
  const auto status = submit_job(command);
  return status ? *status : complain(status.error());
}

}  // namespace cex::cli
