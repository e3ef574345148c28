// SPDX-License-Identifier: Apache-2.0
#include "core/config/reload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(Reload, of_the_same_configuration_changes_nothing) {
  Config config = defaults();
  config.languages["python"].run_defaults.processes = 7;
  config.tenants["a"].weight = 3;
  const Reload made = reload(config, config);
  EXPECT_THAT(made.changed, IsEmpty());
  EXPECT_THAT(made.waiting, IsEmpty());
}

TEST(Reload, takes_what_may_change_and_names_what_needs_a_restart) {
  const Config now = defaults();
  Config wanted = now;
  wanted.run.max.processes = now.run.max.processes + 1;
  wanted.queue.max_jobs = now.queue.max_jobs + 1;
  wanted.network.allow = {"example.org:443"};
  wanted.server.listen = "127.0.0.1:1";
  wanted.sandbox.slots = now.sandbox.slots + 1;
  wanted.plugins.provider["python"] = "other";
  const Reload made = reload(now, wanted);
  EXPECT_THAT(made.changed,
              UnorderedElementsAre("limits.run.max.processes", "queue.max_jobs", "network.allow"));
  EXPECT_THAT(made.waiting,
              UnorderedElementsAre("server.listen", "sandbox.slots", "plugins.provider"));
  EXPECT_EQ(made.config.run.max.processes, wanted.run.max.processes);
  EXPECT_EQ(made.config.queue.max_jobs, wanted.queue.max_jobs);
  EXPECT_EQ(made.config.network.allow, wanted.network.allow);
  EXPECT_EQ(made.config.server.listen, now.server.listen);
  EXPECT_EQ(made.config.sandbox.slots, now.sandbox.slots);
  EXPECT_TRUE(made.config.plugins.provider.empty());
}

TEST(Reload, moves_sections_of_languages_but_what_a_start_alone_can_do) {
  Config now = defaults();
  now.languages["java"].max_concurrent = 1;
  now.languages["java"].enabled = false;
  now.languages["go"].run_defaults.processes = 9;
  Config wanted = defaults();
  wanted.languages["java"].max_concurrent = 2;
  wanted.languages["c"].warm_up = WarmUp::off;
  const Reload made = reload(now, wanted);
  EXPECT_THAT(made.changed,
              UnorderedElementsAre("languages.java.max_concurrent", "languages.go.run.processes"));
  EXPECT_THAT(made.waiting, UnorderedElementsAre("languages.java.enabled", "languages.c.warm_up"));
  EXPECT_EQ(made.config.languages.at("java").max_concurrent, 2U);
  EXPECT_FALSE(made.config.languages.at("java").enabled);
  EXPECT_FALSE(made.config.languages.at("go").run_defaults.processes);
  EXPECT_FALSE(made.config.languages.at("c").warm_up);
}

TEST(Reload, knows_tenants_that_come_and_go) {
  Config now = defaults();
  now.tenants["default"].weight = 2;
  now.tenants["old"].weight = 4;
  Config wanted = defaults();
  wanted.tenants["default"].weight = 2;
  wanted.tenants["fresh"].rate = {5, 100};
  wanted.tenants["fresh"].weight = 2;
  const Reload made = reload(now, wanted);
  EXPECT_THAT(made.changed, UnorderedElementsAre("tenants.old.weight", "tenants.fresh.rate_per_s"));
  EXPECT_EQ(made.config.tenant_of("old").weight, 2);
  EXPECT_EQ(made.config.tenant_of("fresh").rate.per_second, 5);
}

}  // namespace
}  // namespace cex::config
