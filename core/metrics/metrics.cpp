// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace cex::metrics {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

using Buckets = Histogram::BucketBoundaries;

// From a cached compilation to the longest run that a judge allows.
const Buckets kSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                       0.5,   1,      2.5,   5,    10,    30,   60,  300};
const Buckets kBytes{1 << 20,           4 << 20, 16 << 20, 64 << 20, 256 << 20, 1024.0 * (1 << 20),
                     4096.0 * (1 << 20)};

// A client may send whatever word it likes, and each would be a series of its own.
std::string known_method(std::string_view method) {
  constexpr std::array<std::string_view, 7> kKnown{"GET",    "HEAD",    "POST", "PUT",
                                                   "DELETE", "OPTIONS", "PATCH"};
  const bool known = std::find(kKnown.begin(), kKnown.end(), method) != kKnown.end();
  return known ? std::string{method} : "other";
}

double seconds(Nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

// As many bits as a double holds exactly.
double number_of(const std::string& hash) {
  constexpr std::size_t kDigits = 12;
  constexpr int kHex = 16;
  return static_cast<double>(std::strtoull(hash.substr(0, kDigits).c_str(), nullptr, kHex));
}

std::string_view exit_class(const StepReport& step) {
  if (step.signal) return "signal";
  if (!step.exit_code) return "none";
  return *step.exit_code == 0 ? "zero" : "nonzero";
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  std::mutex rising;  // two who ask at once must not raise a counter twice

  Family<Counter>& counter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Family<Histogram>& histogram(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }
  Gauge& gauge(const char* name, const char* help, const prometheus::Labels& labels = {}) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
  }

  Family<Gauge>& build{prometheus::BuildGauge()
                           .Name("cex_build_info")
                           .Help("Always 1; the label tells which version this is.")
                           .Register(registry)};
  Family<Counter>& accepted{counter("cex_jobs_accepted_total", "Jobs taken into the queue.")};
  Family<Counter>& refused{
      counter("cex_jobs_refused_total", "Jobs not taken, by the code of the answer.")};
  Family<Counter>& ended{counter("cex_jobs_total", "Jobs that ended, by status.")};
  Family<Counter>& exits{counter("cex_run_exits_total", "Runs by how their program ended.")};
  Family<Counter>& retries{
      counter("cex_job_retries_total", "Attempts that failed through no fault of the job.")};
  Family<Gauge>& plugins{prometheus::BuildGauge()
                             .Name("cex_plugin_info")
                             .Help("1 for each plugin found; the labels tell version and state.")
                             .Register(registry)};
  std::vector<Gauge*> plugins_shown;  // with `rising`
  Counter& plugin_changes{
      counter("cex_plugin_changes_total",
              "Times that plugins or toolchains had changed and were taken up without a restart.")
          .Add({})};
  bool plugins_known{false};  // with `rising`
  Family<Counter>& strikes{
      counter("cex_plugin_strikes_total", "Times a plugin broke its contract.")};
  Family<Counter>& cache{
      counter("cex_compile_cache_total", "Compilations by whether the cache had them.")};
  Family<Counter>& cpu{counter("cex_job_cpu_seconds_total", "CPU time of jobs' own processes.")};
  Family<Histogram>& queue_wait{
      histogram("cex_queue_wait_seconds", "Time from acceptance to the start.")};
  Family<Histogram>& compile{histogram("cex_compile_seconds", "Wall clock of compile steps.")};
  Family<Histogram>& run{histogram("cex_run_seconds", "Wall clock of run steps.")};
  Family<Histogram>& memory{
      histogram("cex_run_memory_peak_bytes", "Largest memory of each run step.")};
  Family<Counter>& requests{counter("cex_http_requests_total", "Requests answered.")};
  Family<Histogram>& request_time{
      histogram("cex_http_request_seconds", "Time from the head of a request to its answer.")};

  Family<Counter>& webhooks{
      counter("cex_webhook_tries_total", "Tries to deliver a webhook, by what came of them.")};
  Counter& webhooks_given_up{
      counter("cex_webhooks_given_up_total", "Webhooks that will not be tried again.").Add({})};
  Histogram& webhook_time{
      histogram("cex_webhook_seconds", "Time of one try to deliver a webhook.").Add({}, kSeconds)};

  Family<Counter>& layers{counter(
      "cex_layer_use_total", "Steps that could use layers, by whether all of them were there.")};
  Family<Counter>& preboots_used{
      counter("cex_preboots_used_total", "Steps whose program had been started ahead.")};
  Family<Counter>& identities{counter("cex_auth_total", "Keys and tokens that were shown.")};
  Family<Counter>& key_fetches{
      counter("cex_token_key_fetches_total", "Times an issuer was asked for its keys.")};

  // Counted elsewhere and read off; Prometheus must know that they only rise.
  Counter& cells_made{counter("cex_cells_made_total", "Boxes made ready ahead of jobs.").Add({})};
  Counter& audit_lost{
      counter("cex_audit_records_lost_total", "Audit records that could not be written.").Add({})};
  Counter& spans_exported{
      counter("cex_spans_exported_total", "Spans that the collector took.").Add({})};
  Counter& spans_dropped{
      counter("cex_spans_dropped_total", "Spans that were lost on their way.").Add({})};

  Gauge& queued{gauge("cex_queue_jobs", "Jobs that wait.")};
  Gauge& queued_bytes{gauge("cex_queue_bytes", "Bytes of their requests.")};
  Gauge& running{gauge("cex_jobs_running", "Jobs that run.")};
  Gauge& slots{gauge("cex_slots", "Slots, by state.", {{"state", "all"}})};
  Gauge& ready{gauge("cex_slots", "Slots, by state.", {{"state", "ready"}})};
  Gauge& preboots{gauge("cex_slots", "Slots, by state.", {{"state", "preboot"}})};
  Gauge& quarantined{gauge("cex_slots", "Slots, by state.", {{"state", "quarantined"}})};
  Gauge& streams{gauge("cex_http_streams", "Open event streams and waiting requests.")};
  Gauge& audit_sequence{gauge("cex_audit_sequence", "Sequence number of the last audit record.")};
  Gauge& audit_head{
      gauge("cex_audit_head", "First 48 bits of the last audit record's hash, as a number.")};
  Gauge& audit_unsynced{gauge("cex_audit_unsynced_records", "Audit records not on the disk yet.")};
  Gauge& audit_lag{
      gauge("cex_audit_lag_seconds", "For how long the oldest of these has not been on the disk.")};
  Gauge& spans_waiting{gauge("cex_spans_waiting", "Spans that wait for their export.")};
  Gauge& webhooks_waiting{
      gauge("cex_webhooks_waiting", "Webhooks that are still to be delivered.")};

  /// There only where nodes share a queue. The numbers are counted elsewhere; here they only rise.
  struct Shared {
    Gauge& connected;
    Counter& redelivered;
    Counter& given_up;
    Counter& lost;
  };
  std::mutex shared_mutex;
  std::optional<Shared> shared;

  static void raise(Counter& counter, std::uint64_t to) {
    const double more = static_cast<double>(to) - counter.Value();
    if (more > 0) counter.Increment(more);
  }

  void show(const Cluster& cluster) {
    const std::lock_guard lock{shared_mutex};
    if (!shared) {
      shared.emplace(Shared{
          gauge("cex_redis_connected", "1 while the shared queue can be reached."),
          counter("cex_jobs_redelivered_total", "Jobs of dead nodes that were let wait again.")
              .Add({}),
          counter("cex_jobs_given_up_total", "Jobs ended for want of further attempts.").Add({}),
          counter("cex_leases_lost_total", "Attempts that were taken from this node.").Add({})});
    }
    shared->connected.Set(cluster.connected ? 1 : 0);
    raise(shared->redelivered, cluster.redelivered);
    raise(shared->given_up, cluster.given_up);
    raise(shared->lost, cluster.lost);
  }
};

Metrics::Metrics() : state_{std::make_unique<State>()} {
  State& s = *state_;
  s.build.Add({{"version", CEX_VERSION}}).Set(1);
  for (const char* code : {"queue_full", "not_ready", "audit"}) s.refused.Add({{"code", code}});
  for (const char* result : {"delivered", "failed"}) s.webhooks.Add({{"result", result}});
  for (const char* result : {"good", "bad"}) {
    s.key_fetches.Add({{"result", result}});
    for (const char* kind : {"key", "token"})
      s.identities.Add({{"kind", kind}, {"result", result}});
  }
}
Metrics::~Metrics() = default;

void Metrics::expect_language(const std::string& language) {
  State& s = *state_;
  const prometheus::Labels label{{"language", language}};
  s.accepted.Add(label);
  s.retries.Add(label);
  s.cpu.Add(label);
  s.preboots_used.Add(label);
  for (const char* result : {"hit", "miss"}) {
    s.cache.Add({{"language", language}, {"result", result}});
    s.layers.Add({{"language", language}, {"result", result}});
  }
  for (const Verdict status : {Verdict::ok, Verdict::internal_error}) {
    s.ended.Add({{"language", language}, {"status", std::string{to_string(status)}}});
  }
}

void Metrics::expect_plugin(const std::string& plugin) {
  state_->strikes.Add({{"plugin", plugin}});
}

void Metrics::show_plugins(const std::vector<PluginInfo>& plugins) {
  State& s = *state_;
  const std::lock_guard lock{s.rising};
  for (Gauge* gauge : s.plugins_shown) s.plugins.Remove(gauge);
  s.plugins_shown.clear();
  // Two files of one plugin, of which one is shadowed, may have one version: they share a series.
  std::set<Gauge*> shown;
  for (const PluginInfo& plugin : plugins) {
    Gauge& gauge = s.plugins.Add(
        {{"plugin", plugin.id}, {"version", plugin.version}, {"state", plugin.state}});
    gauge.Set(1);
    shown.insert(&gauge);
  }
  s.plugins_shown.assign(shown.begin(), shown.end());
  if (std::exchange(s.plugins_known, true)) s.plugin_changes.Increment();
}

void Metrics::job_accepted(const std::string& language) {
  state_->accepted.Add({{"language", language}}).Increment();
}

void Metrics::job_refused(std::string_view reason) {
  state_->refused.Add({{"code", std::string{reason}}}).Increment();
}

void Metrics::attempt_failed(const std::string& language) {
  state_->retries.Add({{"language", language}}).Increment();
}

void Metrics::plugin_failed(const std::string& plugin) {
  state_->strikes.Add({{"plugin", plugin}}).Increment();
}

void Metrics::job_ended(const JobView& job) {
  State& s = *state_;
  const prometheus::Labels language{{"language", job.language_id}};
  const std::string status{to_string(job.status.value_or(Verdict::internal_error))};
  s.ended.Add({{"language", job.language_id}, {"status", status}}).Increment();
  s.queue_wait.Add(language, kSeconds).Observe(seconds(job.queued_for));
  double cpu = 0;
  if (job.compile) {
    const char* found = job.compile->cached ? "hit" : "miss";
    s.cache.Add({{"language", job.language_id}, {"result", found}}).Increment();
    if (!job.compile->cached) {
      s.compile.Add(language, kSeconds).Observe(seconds(job.compile->usage.wall));
      cpu += seconds(job.compile->usage.cpu);
    }
  }
  for (const StepReport& run : job.runs) {
    s.exits.Add({{"language", job.language_id}, {"class", std::string{exit_class(run)}}})
        .Increment();
    s.run.Add(language, kSeconds).Observe(seconds(run.usage.wall));
    s.memory.Add(language, kBytes).Observe(static_cast<double>(run.usage.memory_peak_bytes));
    cpu += seconds(run.usage.cpu);
  }
  s.cpu.Add(language).Increment(cpu);
}

void Metrics::request(std::string_view method, std::string_view route, int status,
                      std::chrono::nanoseconds took) {
  const std::string pattern{route};
  state_->requests
      .Add({{"method", known_method(method)}, {"route", pattern}, {"code", std::to_string(status)}})
      .Increment();
  state_->request_time.Add({{"route", pattern}}, kSeconds).Observe(seconds(took));
}

void Metrics::layers_wanted(const std::string& language, bool hit) {
  state_->layers.Add({{"language", language}, {"result", hit ? "hit" : "miss"}}).Increment();
}

void Metrics::preboot_used(const std::string& language) {
  state_->preboots_used.Add({{"language", language}}).Increment();
}

void Metrics::identified(std::string_view kind, std::string_view result) {
  state_->identities.Add({{"kind", std::string{kind}}, {"result", std::string{result}}})
      .Increment();
}

void Metrics::token_keys_fetched(bool good) {
  state_->key_fetches.Add({{"result", good ? "good" : "bad"}}).Increment();
}

void Metrics::webhook_tried(bool delivered, std::chrono::nanoseconds took) {
  state_->webhooks.Add({{"result", delivered ? "delivered" : "failed"}}).Increment();
  state_->webhook_time.Observe(seconds(took));
}

void Metrics::webhook_given_up() {
  state_->webhooks_given_up.Increment();
}

std::string Metrics::text(const Gauges& gauges) const {
  State& s = *state_;
  s.queued.Set(static_cast<double>(gauges.queued));
  s.queued_bytes.Set(static_cast<double>(gauges.queued_bytes));
  s.running.Set(static_cast<double>(gauges.running));
  s.slots.Set(static_cast<double>(gauges.slots));
  s.ready.Set(static_cast<double>(gauges.slots_ready));
  s.preboots.Set(static_cast<double>(gauges.slots_preboots));
  s.quarantined.Set(static_cast<double>(gauges.slots_quarantined));
  s.streams.Set(static_cast<double>(gauges.streams));
  if (gauges.cluster) s.show(*gauges.cluster);
  s.webhooks_waiting.Set(static_cast<double>(gauges.webhooks));
  s.audit_sequence.Set(static_cast<double>(gauges.audit_sequence));
  s.audit_head.Set(number_of(gauges.audit_hash));
  s.audit_unsynced.Set(static_cast<double>(gauges.audit_unsynced));
  s.audit_lag.Set(gauges.audit_lag_s);
  s.spans_waiting.Set(static_cast<double>(gauges.spans_waiting));
  const std::lock_guard lock{s.rising};
  Metrics::State::raise(s.cells_made, gauges.cells_made);
  Metrics::State::raise(s.audit_lost, gauges.audit_lost);
  Metrics::State::raise(s.spans_exported, gauges.spans_exported);
  Metrics::State::raise(s.spans_dropped, gauges.spans_dropped);
  return prometheus::TextSerializer{}.Serialize(s.registry.Collect());
}

}  // namespace cex::metrics
