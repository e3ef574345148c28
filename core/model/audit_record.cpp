// SPDX-License-Identifier: Apache-2.0
#include "core/model/audit_record.hpp"

#include <nlohmann/json.hpp>

#include "core/model/json.hpp"
#include "core/model/network_report.hpp"

namespace cex {
namespace {

void put(nlohmann::json& value, const char* key, const std::string& text) {
  if (!text.empty()) value[key] = text;
}

nlohmann::json sources_of(const AuditRecord& record) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& source : record.sources) {
    list.push_back({{"path", source.path}, {"sha256", source.sha256}});
  }
  return list;
}

}  // namespace

std::string_view to_string(AuditEvent event) noexcept {
  switch (event) {
    case AuditEvent::started:
      return "started";
    case AuditEvent::stopped:
      return "stopped";
    case AuditEvent::recovered:
      return "recovered";
    case AuditEvent::accepted:
      return "accepted";
    case AuditEvent::finished:
      return "finished";
    case AuditEvent::abandoned:
      return "abandoned";
  }
  return "abandoned";
}

nlohmann::json to_json_value(const AuditRecord& record) {
  nlohmann::json value{
      {"seq", record.sequence}, {"time", rfc3339(record.time)}, {"event", to_string(record.event)}};
  put(value, "job", record.job);
  if (record.attempt != 0) value["attempt"] = record.attempt;
  put(value, "tenant", record.tenant);
  put(value, "key", record.key);
  put(value, "request_id", record.request_id);
  put(value, "peer", record.peer);
  put(value, "trace_id", record.trace_id);
  put(value, "language", record.language);
  put(value, "toolchain", record.toolchain);
  put(value, "toolchain_version", record.toolchain_version);
  put(value, "plugin", record.plugin);
  put(value, "plugin_version", record.plugin_version);
  put(value, "plugin_sha256", record.plugin_sha256);
  put(value, "detail", record.detail);
  if (!record.sources.empty()) value["sources"] = sources_of(record);
  if (!record.plans.empty()) value["plans"] = record.plans;
  if (record.compile_cached) value["compile_cached"] = true;
  if (record.compile_limits) value["compile_limits"] = to_json_value(*record.compile_limits);
  if (record.run_limits) value["run_limits"] = to_json_value(*record.run_limits);
  if (!record.network_granted.empty()) {
    if (!record.network.empty()) value["network"] = to_json_value(record.network);
    value["network"]["granted"] = record.network_granted;
  }
  if (record.usage) {
    value["usage"] = {{"wall_ns", record.usage->wall.count()},
                      {"cpu_ns", record.usage->cpu.count()},
                      {"memory_peak_bytes", record.usage->memory_peak_bytes}};
  }
  if (record.verdict) value["verdict"] = to_string(*record.verdict);
  if (!record.labels.empty()) {
    nlohmann::json labels = nlohmann::json::object();
    for (const auto& [key, text] : record.labels) labels[key] = text;
    value["labels"] = std::move(labels);
  }
  if (record.isolation) {
    value["isolation"] = {{"mode", record.isolation->mode},
                          {"cgroup", record.isolation->cgroup},
                          {"insecure", record.isolation->insecure}};
  }
  return value;
}

}  // namespace cex
