// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/job_end.hpp"

#include <csignal>
#include <cstring>

#include <nlohmann/json.hpp>

#include "cli/exit_codes.hpp"
#include "core/base/text.hpp"
#include "server/dto/job_view.hpp"

namespace cex::cli {
namespace {

using Json = nlohmann::json;

constexpr int kMostSignals = 64;

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

int number_of(const std::string& signal) {
  for (int number = 1; number <= kMostSignals; ++number) {
    if (dto::signal_name(number) == signal) return number;
  }
  return 0;
}

int exit_of_program(const Json& job) {
  const Json runs = job.value("runs", Json::array());
  if (runs.empty()) return kExitFailure;
  const std::string signal = text_of(runs[0], "signal");
  if (!signal.empty()) return kExitSignal + number_of(signal);
  const auto code = runs[0].find("exit_code");
  return code != runs[0].end() && code->is_number_integer() ? code->get<int>() : kExitFailure;
}

}  // namespace

bool has_ended(const Json& job) {
  const std::string state = text_of(job, "state");
  return state == "finished" || state == "cancelled";
}

std::string status_of(const Json& job) {
  return text_of(job, "status");
}

std::string stream_of(const Json& step, const std::string& name) {
  std::string bytes = text_of(step, name.c_str());
  if (text_of(step, (name + "_encoding").c_str()) != "base64") return bytes;
  return base64_decode(bytes).value_or("");
}

int exit_status_of(const Json& job) {
  const std::string status = status_of(job);
  if (status == "ok") return kExitOk;
  if (status == "time_limit") return kExitTimeLimit;
  return status == "runtime_error" ? exit_of_program(job) : kExitFailure;
}

}  // namespace cex::cli
