// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/top_frame.hpp"

#include <cstdint>
#include <cstdio>
#include <vector>

#include "cli/remote/top_sample.hpp"
#include "cli/table.hpp"

namespace cex::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string with_decimals(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.2f" : "%.0f", value);
  return text;
}

// Counters begin anew with the server: what shrank says nothing.
double growth(const TopSample& before, const TopSample& now, std::string_view name,
              std::string_view label = {}) {
  if (!before.metrics || !now.metrics) return 0;
  const double grown = now.metrics->sum(name, label) - before.metrics->sum(name, label);
  return grown > 0 ? grown : 0;
}

Json mean_ms(const TopSample& before, const TopSample& now, const std::string& histogram) {
  const double count = growth(before, now, histogram + "_count");
  if (count == 0) return nullptr;
  return 1000 * growth(before, now, histogram + "_sum") / count;
}

Json languages_of(const TopSample& before, const TopSample& now, double seconds) {
  Json list = Json::array();
  for (const auto& language : now.languages.value("languages", nlohmann::json::array())) {
    const std::string id = language.value("id", "");
    const std::string label = "language=\"" + id + "\"";
    Json entry{{"id", id}, {"usable", language.value("usable", false)}};
    if (now.metrics) {
      entry["ended"] = now.metrics->sum("cex_jobs_total", label);
      entry["ended_per_s"] = growth(before, now, "cex_jobs_total", label) / seconds;
      entry["cpu"] = growth(before, now, "cex_job_cpu_seconds_total", label) / seconds;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

Result<TopSample> take_sample(RemoteApi& api) {
  TopSample sample;
  CEX_TRY(sample.readiness, api.readiness());
  CEX_TRY(sample.languages, api.get("/v1/languages"));
  const auto metrics = api.get_text("/metrics");
  if (!metrics && metrics.error().code != Errc::forbidden) return tl::unexpected(metrics.error());
  if (metrics) sample.metrics.emplace(*metrics);
  sample.at = std::chrono::steady_clock::now();
  return sample;
}

Json make_frame(const TopSample& before, const TopSample& now) {
  const double seconds = std::chrono::duration<double>(now.at - before.at).count();
  const auto rate = [&](std::string_view name) { return growth(before, now, name) / seconds; };
  Json frame;
  frame["ready"] = now.readiness.value("ready", false);
  frame["checks"] = Json::array();
  for (const auto& check : now.readiness.value("checks", nlohmann::json::array())) {
    if (check.value("state", "") != "ok") frame["checks"].push_back(Json(check));
  }
  frame["slots"] = now.readiness.value("slots", nlohmann::json::object());
  frame["jobs"] = now.readiness.value("jobs", nlohmann::json::object());
  if (now.metrics) {
    frame["jobs"]["queued_bytes"] = now.metrics->sum("cex_queue_bytes");
    frame["jobs"]["accepted_per_s"] = rate("cex_jobs_accepted_total");
    frame["jobs"]["ended_per_s"] = rate("cex_jobs_total");
    frame["jobs"]["refused_per_s"] = rate("cex_jobs_refused_total");
    frame["jobs"]["mean_wait_ms"] = mean_ms(before, now, "cex_queue_wait_seconds");
    frame["jobs"]["mean_run_ms"] = mean_ms(before, now, "cex_run_seconds");
    frame["http"] = {{"streams", now.metrics->sum("cex_http_streams")},
                     {"requests_per_s", rate("cex_http_requests_total")}};
  }
  frame["languages"] = languages_of(before, now, seconds);
  return frame;
}

std::string render_frame(const Json& frame, bool colours) {
  const auto paint = [&](const char* colour, const std::string& text) {
    return colours ? colour + text + "\x1b[0m" : text;
  };
  const auto number = [](const Json& object, const char* name) -> std::string {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number()) return "-";
    return found->is_number_float() ? with_decimals(found->get<double>())
                                    : std::to_string(found->get<std::int64_t>());
  };
  const Json& jobs = frame["jobs"];
  const Json& slots = frame["slots"];
  std::string out;
  out += frame["ready"].get<bool>() ? paint("\x1b[32m", "ready") : paint("\x1b[31m", "NOT READY");
  out += "\n";
  for (const Json& check : frame["checks"]) {
    out += paint("\x1b[33m", check.value("state", "") + " " + check.value("name", "")) + ": " +
           check.value("detail", "") + "\n";
  }
  out += "jobs    running " + number(jobs, "running") + ", waiting " + number(jobs, "queued") +
         " (" + number(jobs, "queued_bytes") + " bytes); a second: accepted " +
         number(jobs, "accepted_per_s") + ", ended " + number(jobs, "ended_per_s") + ", refused " +
         number(jobs, "refused_per_s") + "; mean ms: wait " + number(jobs, "mean_wait_ms") +
         ", run " + number(jobs, "mean_run_ms") + "\n";
  out += "slots   total " + number(slots, "total") + ", ready " + number(slots, "ready") +
         ", started ahead " + number(slots, "preboots") + ", quarantined " +
         number(slots, "quarantined") + "\n";
  if (frame.contains("http")) {
    out += "http    streams " + number(frame["http"], "streams") + ", requests a second " +
           number(frame["http"], "requests_per_s") + "\n";
  } else {
    out += "rates need a key with the role auditor\n";
  }
  std::vector<std::vector<std::string>> rows{{"LANGUAGE", "ENDED", "ENDED/S", "CPUS", "USABLE"}};
  for (const Json& language : frame["languages"]) {
    rows.push_back({language.value("id", ""), number(language, "ended"),
                    number(language, "ended_per_s"), number(language, "cpu"),
                    language.value("usable", false) ? "yes" : "no"});
  }
  return out + as_table(rows);
}

}  // namespace cex::cli
