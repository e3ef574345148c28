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

TEST(Metrics, counts_requests_by_their_route) {
  Metrics metrics;
  metrics.request("GET", "/v1/jobs/{id}", 404, std::chrono::milliseconds{1});
  metrics.job_refused("queue_full");
  const std::string text = metrics.text({});
  EXPECT_THAT(text, HasSubstr("cex_http_requests_total{code=\"404\",method=\"GET\","
                              "route=\"/v1/jobs/{id}\"} 1"));
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
