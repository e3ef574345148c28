// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <optional>

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

double seconds(Nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string_view exit_class(const StepReport& step) {
  if (step.signal) return "signal";
  if (!step.exit_code) return "none";
  return *step.exit_code == 0 ? "zero" : "nonzero";
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;

  Family<Counter>& counter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Family<Histogram>& histogram(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }
  Gauge& gauge(const char* name, const char* help, const prometheus::Labels& labels = {}) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
  }

  Family<Counter>& accepted{counter("cex_jobs_accepted_total", "Jobs taken into the queue.")};
  Family<Counter>& refused{
      counter("cex_jobs_refused_total", "Jobs not taken, by the code of the answer.")};
  Family<Counter>& ended{counter("cex_jobs_total", "Jobs that ended, by status.")};
  Family<Counter>& exits{counter("cex_run_exits_total", "Runs by how their program ended.")};
  Family<Counter>& retries{
      counter("cex_job_retries_total", "Attempts that failed through no fault of the job.")};
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

  Gauge& queued{gauge("cex_queue_jobs", "Jobs that wait.")};
  Gauge& queued_bytes{gauge("cex_queue_bytes", "Bytes of their requests.")};
  Gauge& running{gauge("cex_jobs_running", "Jobs that run.")};
  Gauge& slots{gauge("cex_slots", "Slots, by state.", {{"state", "all"}})};
  Gauge& ready{gauge("cex_slots", "Slots, by state.", {{"state", "ready"}})};
  Gauge& preboots{gauge("cex_slots", "Slots, by state.", {{"state", "preboot"}})};
  Gauge& quarantined{gauge("cex_slots", "Slots, by state.", {{"state", "quarantined"}})};
  Gauge& streams{gauge("cex_http_streams", "Open event streams and waiting requests.")};

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

Metrics::Metrics() : state_{std::make_unique<State>()} {}
Metrics::~Metrics() = default;

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
      .Add({{"method", std::string{method}}, {"route", pattern}, {"code", std::to_string(status)}})
      .Increment();
  state_->request_time.Add({{"route", pattern}}, kSeconds).Observe(seconds(took));
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
  return prometheus::TextSerializer{}.Serialize(s.registry.Collect());
}

}  // namespace cex::metrics
