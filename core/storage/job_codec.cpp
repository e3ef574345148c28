// SPDX-License-Identifier: Apache-2.0
#include "core/storage/job_codec.hpp"

#include <cstdint>

#include "core/model/limit_fields.hpp"
#include "core/storage/archive.hpp"
#include "core/storage/cbor_shape.hpp"

namespace cex::storage {

template <>
inline constexpr auto kLastOf<JobState> = JobState::cancelled;
template <>
inline constexpr auto kLastOf<Verdict> = Verdict::internal_error;
template <>
inline constexpr auto kLastOf<TestVerdict> = TestVerdict::wrong_answer;
template <>
inline constexpr auto kLastOf<Compare> = Compare::floats;
template <>
inline constexpr auto kLastOf<Severity> = Severity::error;
template <>
inline constexpr auto kLastOf<JobEvent::Kind> = JobEvent::Kind::error;
template <>
inline constexpr auto kLastOf<AuditEvent> = AuditEvent::abandoned;

}  // namespace cex::storage

// In cex, so that the archive finds them by the types they are of.
namespace cex {

template <class Archive>
void fields(Archive& a, BoxFile& file) {
  a("path", file.path);
  a("content", file.content);
  a("executable", file.executable);
  a("truncated", file.truncated);
}

template <class Archive>
void fields(Archive& a, Limits& limits) {
  for (const LimitField& field : kLimitFields) {
    std::uint64_t value = field.get(limits);
    a(field.name.data(), value);
    field.set(limits, value);
  }
}

template <class Archive>
void fields(Archive& a, LimitsRequest& limits) {
  for (const LimitField& field : kLimitFields) {
    std::optional<std::uint64_t> value = field.asked(limits);
    a(field.name.data(), value);
    if (value) field.ask(limits, *value);
  }
}

template <class Archive>
void fields(Archive& a, TestCase& test) {
  a("name", test.name);
  a("stdin", test.stdin_bytes);
  a("args", test.args);
  a("env", test.env);
  a("expected", test.expected_stdout);
  a("compare", test.compare);
  a("epsilon", test.epsilon);
  a("limits", test.limits);
}

template <class Archive>
void fields(Archive& a, CallbackAddress& callback) {
  a("url", callback.url);
  a("host", callback.host);
}

template <class Archive>
void fields(Archive& a, WindowSize& size) {
  a("rows", size.rows);
  a("cols", size.cols);
}

template <class Archive>
void fields(Archive& a, Interactive& interactive) {
  a("terminal", interactive.terminal);
}

template <class Archive>
void fields(Archive& a, JobRequest& request) {
  a("language", request.language);
  a("version", request.version);
  a("source", request.source);
  a("files", request.files);
  a("entry", request.entry);
  a("stdin", request.stdin_bytes);
  a("interactive", request.interactive);
  a("args", request.args);
  a("env", request.env);
  a("compile_args", request.compile_args);
  a("options", request.options);
  a("compile_limits", request.compile_limits);
  a("limits", request.limits);
  a("tests", request.tests);
  a("stop_on_failure", request.stop_on_failure);
  a("network", request.network);
  a("artifacts", request.artifacts);
  a("labels", request.labels);
  a("ttl_s", request.ttl_s);
  a("priority", request.priority);
  a("max_queue", request.max_queue);
  a("callback", request.callback);
}

template <class Archive>
void fields(Archive& a, Permit& permit) {
  a("languages", permit.languages);
  a("network", permit.network);
  a("limits", permit.max);
}

template <class Archive>
void fields(Archive& a, RequestContext& context) {
  a("request_id", context.request_id);
  a("trace_id", context.trace_id);
  a("span_id", context.span_id);
  a("sampled", context.sampled);
  a("tenant", context.tenant);
  a("key", context.key);
  a("peer", context.peer);
  a("permit", context.permit);
}

template <class Archive>
void fields(Archive& a, Usage& usage) {
  a("wall", usage.wall);
  a("cpu", usage.cpu);
  a("memory", usage.memory_peak_bytes);
}

template <class Archive>
void fields(Archive& a, CapturedStream& stream) {
  a("bytes", stream.bytes);
  a("truncated", stream.truncated);
}

template <class Archive>
void fields(Archive& a, Diagnostic& diagnostic) {
  a("file", diagnostic.file);
  a("line", diagnostic.line);
  a("column", diagnostic.column);
  a("severity", diagnostic.severity);
  a("code", diagnostic.code);
  a("message", diagnostic.message);
}

template <class Archive>
void fields(Archive& a, StepReport& step) {
  a("name", step.name);
  a("status", step.status);
  a("exit_code", step.exit_code);
  a("signal", step.signal);
  a("out", step.out);
  a("err", step.err);
  a("usage", step.usage);
  a("cached", step.cached);
  a("diagnostics", step.diagnostics);
  a("verdict", step.verdict);
}

template <class Archive>
void fields(Archive& a, Isolation& isolation) {
  a("mode", isolation.mode);
  a("cgroup", isolation.cgroup);
  a("insecure", isolation.insecure);
  a("own_ids", isolation.own_ids);
}

template <class Archive>
void fields(Archive& a, JobView& view) {
  a("id", view.id);
  a("tenant", view.tenant);
  a("state", view.state);
  a("status", view.status);
  a("language", view.language_id);
  a("language_name", view.language_name);
  a("version", view.version);
  a("plugin", view.plugin);
  a("plugin_version", view.plugin_version);
  a("created_at", view.created_at);
  a("started_at", view.started_at);
  a("finished_at", view.finished_at);
  a("queued_for", view.queued_for);
  a("labels", view.labels);
  a("trace_id", view.trace_id);
  a("isolation", view.isolation);
  a("interactive", view.interactive);
  a("compiled", view.compiled);
  a("compile", view.compile);
  a("runs", view.runs);
  a("artifacts", view.artifacts);
  a("message", view.message);
  a("callback", view.callback);
}

template <class Archive>
void fields(Archive& a, JobEvent& event) {
  a("sequence", event.sequence);
  a("kind", event.kind);
  a("compile", event.compile);
  a("run", event.run);
  a("bytes", event.bytes);
  a("state", event.state);
}

template <class Archive>
void fields(Archive& a, AuditRecord::Source& source) {
  a("path", source.path);
  a("sha256", source.sha256);
}

// What an accepted job's record says; the rest is known only at its end.
template <class Archive>
void fields(Archive& a, AuditRecord& record) {
  a("event", record.event);
  a("job", record.job);
  a("tenant", record.tenant);
  a("key", record.key);
  a("request_id", record.request_id);
  a("peer", record.peer);
  a("trace_id", record.trace_id);
  a("language", record.language);
  a("toolchain", record.toolchain);
  a("toolchain_version", record.toolchain_version);
  a("plugin", record.plugin);
  a("plugin_version", record.plugin_version);
  a("plugin_sha256", record.plugin_sha256);
  a("sources", record.sources);
  a("compile_limits", record.compile_limits);
  a("run_limits", record.run_limits);
  a("network_granted", record.network_granted);
  a("labels", record.labels);
  a("isolation", record.isolation);
}

namespace storage {

template <class Archive>
void fields(Archive& a, JobHead& head) {
  a("context", head.context);
  a("view", head.view);
  a("record", head.record);
  a("ttl", head.ttl);
}

namespace {

template <class T>
std::string to_bytes(const T& value) {
  std::string bytes;
  nlohmann::json::to_cbor(Writer::encode(value), bytes);
  return bytes;
}

template <class T>
Result<T> from_bytes(std::string_view bytes) {
  if (!is_shallow_cbor(bytes)) return fail(Errc::internal, "a stored job cannot be read");
  try {
    T value;
    Reader::decode(nlohmann::json::from_cbor(bytes), value);
    return value;
  } catch (const std::exception& error) {
    return fail(Errc::internal, "a stored job cannot be read: " + std::string{error.what()});
  }
}

}  // namespace

std::string encode(const JobRequest& request) {
  return to_bytes(request);
}

std::string encode(const JobHead& head) {
  return to_bytes(head);
}

std::string encode(const JobView& view) {
  return to_bytes(view);
}

std::string encode(const std::vector<JobEvent>& events) {
  return to_bytes(events);
}

Result<JobRequest> decode_request(std::string_view bytes) {
  return from_bytes<JobRequest>(bytes);
}

Result<JobHead> decode_head(std::string_view bytes) {
  return from_bytes<JobHead>(bytes);
}

Result<JobView> decode_view(std::string_view bytes) {
  return from_bytes<JobView>(bytes);
}

Result<std::vector<JobEvent>> decode_events(std::string_view bytes) {
  return from_bytes<std::vector<JobEvent>>(bytes);
}

}  // namespace storage
}  // namespace cex
