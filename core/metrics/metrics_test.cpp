// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, tells_what_a_job_used_and_how_it_ended) {
  Metrics metrics;
  JobView job;
  job.language_id = "c";
  job.status = Verdict::runtime_error;
  job.queued_for = std::chrono::milliseconds{3};
  job.compile.emplace();
  job.compile->cached = true;
  job.compile->usage.cpu = std::chrono::seconds{100};  // of the job that compiled it
  StepReport run;
  run.signal = 11;
  run.usage = {std::chrono::milliseconds{40}, std::chrono::milliseconds{500}, 5 << 20};
  job.runs = {run, run};
  metrics.job_ended(job);
  const std::string text = metrics.text({.queued = 7});
  EXPECT_THAT(text, HasSubstr("cex_jobs_total{language=\"c\",status=\"runtime_error\"} 1"));
  EXPECT_THAT(text, HasSubstr("cex_run_exits_total{class=\"signal\",language=\"c\"} 2"));
  EXPECT_THAT(text, HasSubstr("cex_compile_cache_total{language=\"c\",result=\"hit\"} 1"));
  EXPECT_THAT(text, HasSubstr("cex_job_cpu_seconds_total{language=\"c\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("cex_queue_wait_seconds_bucket{language=\"c\",le=\"0.0025\"} 0"));
  EXPECT_THAT(text, HasSubstr("cex_queue_wait_seconds_bucket{language=\"c\",le=\"0.005\"} 1"));
  EXPECT_THAT(text, Not(HasSubstr("cex_compile_seconds_count")));
  EXPECT_THAT(text, HasSubstr("cex_queue_jobs 7"));
}

TEST(Metrics, shows_what_has_not_happened_yet) {
  Metrics metrics;
  metrics.expect_language("c");
  metrics.expect_plugin("org.example.c");
  const std::string text = metrics.text({});
  EXPECT_THAT(text, HasSubstr("cex_jobs_accepted_total{language=\"c\"} 0"));
  EXPECT_THAT(text, HasSubstr("cex_jobs_total{language=\"c\",status=\"internal_error\"} 0"));
  EXPECT_THAT(text, HasSubstr("cex_plugin_strikes_total{plugin=\"org.example.c\"} 0"));
  EXPECT_THAT(text, HasSubstr("cex_jobs_refused_total{code=\"queue_full\"} 0"));
  EXPECT_THAT(text, HasSubstr("cex_build_info{version="));
}

TEST(Metrics, counts_what_is_counted_elsewhere_only_upwards) {
  Metrics metrics;
  EXPECT_THAT(metrics.text({.cells_made = 5}), HasSubstr("cex_cells_made_total 5\n"));
  EXPECT_THAT(metrics.text({.cells_made = 5}), HasSubstr("cex_cells_made_total 5\n"));
  EXPECT_THAT(metrics.text({.cells_made = 9}), HasSubstr("cex_cells_made_total 9\n"));
  EXPECT_THAT(metrics.text({.cells_made = 2}), HasSubstr("cex_cells_made_total 9\n"));
}

TEST(Metrics, tells_of_the_audit_log_its_head) {
  Metrics metrics;
  const std::string text = metrics.text({.audit_sequence = 12,
                                         .audit_hash = "00000000000a" + std::string(52, 'f'),
                                         .audit_unsynced = 3,
                                         .audit_lag_s = 0.5,
                                         .audit_lost = 1});
  EXPECT_THAT(text, HasSubstr("cex_audit_sequence 12\n"));
  EXPECT_THAT(text, HasSubstr("cex_audit_head 10\n"));
  EXPECT_THAT(text, HasSubstr("cex_audit_unsynced_records 3\n"));
  EXPECT_THAT(text, HasSubstr("cex_audit_lag_seconds 0.5\n"));
  EXPECT_THAT(text, HasSubstr("cex_audit_records_lost_total 1\n"));
}

TEST(Metrics, counts_what_was_made_ahead_and_used) {
  Metrics metrics;
  metrics.layers_wanted("go", true);
  metrics.layers_wanted("go", false);
  metrics.preboot_used("java");
  metrics.plugin_failed("p");
  metrics.attempt_failed("go");
  metrics.identified("key", "bad");
  metrics.token_keys_fetched(true);
  metrics.webhook_tried(true, std::chrono::milliseconds{20});
  metrics.webhook_given_up();
  const std::string text =
      metrics.text({.slots_ready = 2, .slots_quarantined = 1, .spans_dropped = 4});
  for (const char* line :
       {"cex_layer_use_total{language=\"go\",result=\"hit\"} 1",
        "cex_layer_use_total{language=\"go\",result=\"miss\"} 1",
        "cex_preboots_used_total{language=\"java\"} 1", "cex_plugin_strikes_total{plugin=\"p\"} 1",
        "cex_job_retries_total{language=\"go\"} 1", "cex_auth_total{kind=\"key\",result=\"bad\"} 1",
        "cex_token_key_fetches_total{result=\"good\"} 1",
        "cex_webhook_tries_total{result=\"delivered\"} 1", "cex_webhook_seconds_count 1",
        "cex_webhooks_given_up_total 1", "cex_slots{state=\"ready\"} 2",
        "cex_slots{state=\"quarantined\"} 1", "cex_spans_dropped_total 4"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Metrics, counts_requests_by_their_route) {
  Metrics metrics;
  metrics.request("GET", "/v1/jobs/{id}", 404, std::chrono::milliseconds{1});
  metrics.request("FROB1", "other", 405, std::chrono::milliseconds{1});
  metrics.request("FROB2", "other", 405, std::chrono::milliseconds{1});
  metrics.job_refused("queue_full");
  const std::string text = metrics.text({});
  EXPECT_THAT(text, HasSubstr("cex_http_requests_total{code=\"404\",method=\"GET\","
                              "route=\"/v1/jobs/{id}\"} 1"));
  EXPECT_THAT(text, HasSubstr("cex_http_requests_total{code=\"405\",method=\"other\","
                              "route=\"other\"} 2"));
  EXPECT_THAT(text, HasSubstr("cex_jobs_refused_total{code=\"queue_full\"} 1"));
}

TEST(Metrics, tell_of_other_nodes_only_where_there_are_some) {
  Metrics metrics;
  EXPECT_THAT(metrics.text({}), testing::Not(HasSubstr("cex_redis_connected")));
  Gauges gauges;
  gauges.cluster = Cluster{.connected = true, .redelivered = 2, .given_up = 1, .lost = 3};
  EXPECT_THAT(metrics.text(gauges), HasSubstr("cex_redis_connected 1\n"));
  gauges.cluster->connected = false;
  gauges.cluster->redelivered = 5;
  const std::string text = metrics.text(gauges);
  EXPECT_THAT(text, HasSubstr("cex_redis_connected 0\n"));
  EXPECT_THAT(text, HasSubstr("cex_jobs_redelivered_total 5\n"));
  EXPECT_THAT(text, HasSubstr("cex_jobs_given_up_total 1\n"));
  EXPECT_THAT(text, HasSubstr("cex_leases_lost_total 3\n"));
}

}  // namespace
}  // namespace cex::metrics
