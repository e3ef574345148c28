// SPDX-License-Identifier: Apache-2.0
#include "core/telemetry/otlp.hpp"

#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/base/ids.hpp"
#include "core/base/json.hpp"

namespace cex::telemetry {
namespace {

using nlohmann::json;

constexpr int kStatusError = 2;
constexpr std::size_t kSpanIdBytes = 8;

// 64-bit numbers are text in this protocol.
std::string nanoseconds(WallTime time) {
  return std::to_string(std::chrono::duration_cast<Nanoseconds>(time.time_since_epoch()).count());
}

json value_of(const Attribute& attribute) {
  struct Visitor {
    json operator()(const std::string& text) const { return {{"stringValue", text}}; }
    json operator()(std::int64_t number) const { return {{"intValue", std::to_string(number)}}; }
    json operator()(bool flag) const { return {{"boolValue", flag}}; }
  };
  return {{"key", attribute.first}, {"value", std::visit(Visitor{}, attribute.second)}};
}

json attributes_of(const std::vector<Attribute>& attributes) {
  json list = json::array();
  for (const Attribute& attribute : attributes) list.push_back(value_of(attribute));
  return list;
}

json span_value(const Span& span) {
  json value{{"traceId", span.trace_id},
             {"spanId", span.id},
             {"name", span.name},
             {"kind", span.kind == Span::Kind::server ? 2 : 1},
             {"startTimeUnixNano", nanoseconds(span.begin)},
             {"endTimeUnixNano", nanoseconds(span.end)},
             {"attributes", attributes_of(span.attributes)}};
  if (!span.parent_id.empty()) value["parentSpanId"] = span.parent_id;
  if (span.failed) value["status"] = {{"code", kStatusError}};
  return value;
}

}  // namespace

std::string new_span_id() {
  // All zero stands for none; the chance of it is small and not nothing.
  std::string id = random_hex(kSpanIdBytes);
  while (id.find_first_not_of('0') == std::string::npos) id = random_hex(kSpanIdBytes);
  return id;
}

std::string render(const Resource& resource, const std::vector<Span>& spans) {
  json list = json::array();
  for (const Span& span : spans) list.push_back(span_value(span));
  const std::vector<Attribute> about{{"service.name", resource.service_name},
                                     {"service.version", resource.service_version},
                                     {"service.instance.id", resource.instance_id}};
  json scope_spans{{"scope", {{"name", "code-executor"}, {"version", resource.service_version}}},
                   {"spans", std::move(list)}};
  json resource_spans{{"resource", {{"attributes", attributes_of(about)}}},
                      {"scopeSpans", json::array({std::move(scope_spans)})}};
  json request;
  request["resourceSpans"] = json::array({std::move(resource_spans)});
  return dump_json(request);
}

}  // namespace cex::telemetry
