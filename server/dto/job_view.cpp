// SPDX-License-Identifier: Apache-2.0
#include "server/dto/job_view.hpp"

#include <csignal>
#include <cstring>

#include <nlohmann/json.hpp>

#include "core/base/text.hpp"

namespace cex::dto {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json time_or_null(const std::optional<WallTime>& instant) {
  return instant ? Json(rfc3339(*instant)) : Json(nullptr);
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

std::string_view name_of(TestVerdict verdict) {
  switch (verdict) {
    case TestVerdict::accepted:
      return "accepted";
    case TestVerdict::wrong_answer:
      return "wrong_answer";
  }
  return "wrong_answer";
}

Json diagnostics_of(const StepReport& step) {
  Json list = Json::array();
  for (const auto& item : step.diagnostics) {
    list.push_back({{"file", item.file},
                    {"line", item.line},
                    {"column", item.column},
                    {"severity", name_of(item.severity)},
                    {"code", item.code},
                    {"message", item.message}});
  }
  return list;
}

Json step_of(const StepReport& step) {
  Json out;
  out["name"] = step.name;
  out["status"] = to_string(step.status);
  out["exit_code"] = or_null(step.exit_code);
  out["signal"] = step.signal ? Json(signal_name(*step.signal)) : Json(nullptr);
  put_bytes(out, "stdout", "stdout_encoding", step.out.bytes);
  put_bytes(out, "stderr", "stderr_encoding", step.err.bytes);
  out["stdout_truncated"] = step.out.truncated;
  out["stderr_truncated"] = step.err.truncated;
  out["wall_ms"] = to_ms(step.usage.wall);
  out["cpu_ms"] = to_ms(step.usage.cpu);
  out["memory_peak_bytes"] = step.usage.memory_peak_bytes;
  return out;
}

Json compile_of(const JobView& job) {
  if (!job.compile) return nullptr;
  Json out = step_of(*job.compile);
  out["cached"] = job.compile->cached;
  out["diagnostics"] = diagnostics_of(*job.compile);
  return out;
}

Json run_of(const StepReport& step) {
  Json out = step_of(step);
  out["verdict"] = step.verdict ? Json(name_of(*step.verdict)) : Json(nullptr);
  // An interpreter has no compile step, yet its traceback is as good as a compiler's message.
  if (!step.diagnostics.empty()) out["diagnostics"] = diagnostics_of(step);
  return out;
}

Json artifact_of(const BoxFile& file) {
  Json out{{"path", file.path}};
  static const std::string kNothing;
  const std::string& content = file.content ? *file.content : kNothing;
  put_bytes(out, "content", "encoding", content);
  out["size_bytes"] = content.size();
  out["executable"] = file.executable;
  out["truncated"] = file.truncated;
  return out;
}

}  // namespace

nlohmann::ordered_json to_json_value(const JobView& job) {
  Json out;
  out["id"] = job.id;
  out["state"] = to_string(job.state);
  out["status"] = job.status ? Json(to_string(*job.status)) : Json(nullptr);
  out["language"] = {{"id", job.language_id},
                     {"name", job.language_name},
                     {"version", job.version},
                     {"plugin", job.plugin},
                     {"plugin_version", job.plugin_version}};
  out["created_at"] = rfc3339(job.created_at);
  out["started_at"] = time_or_null(job.started_at);
  out["finished_at"] = time_or_null(job.finished_at);
  out["queue_ms"] = to_ms(job.queued_for);
  out["labels"] = Json::object();
  for (const auto& [key, value] : job.labels) out["labels"][key] = value;
  out["trace_id"] = job.trace_id;
  out["isolation"] = {{"mode", job.isolation.mode},
                      {"cgroup", job.isolation.cgroup},
                      {"insecure", job.isolation.insecure}};
  out["interactive"] = job.interactive.has_value();
  out["compile"] = compile_of(job);
  out["runs"] = Json::array();
  for (const auto& run : job.runs) out["runs"].push_back(run_of(run));
  out["artifacts"] = Json::array();
  for (const auto& file : job.artifacts) out["artifacts"].push_back(artifact_of(file));
  out["message"] = or_null(job.message);
  return out;
}

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return "SIG" + (name != nullptr ? std::string{name} : std::to_string(signal));
}

void put_bytes(nlohmann::ordered_json& object, std::string_view name,
               std::string_view encoding_name, const std::string& bytes) {
  const bool text = is_valid_utf8(bytes);
  object[std::string{name}] = text ? bytes : base64_encode(bytes);
  object[std::string{encoding_name}] = text ? "utf8" : "base64";
}

std::string dump(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace cex::dto
