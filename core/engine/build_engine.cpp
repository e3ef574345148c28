// SPDX-License-Identifier: Apache-2.0
#include "core/engine/build_engine.hpp"

#include "core/audit/auditor.hpp"
#include "core/engine/adapters/chained_audit.hpp"
#include "core/engine/adapters/slot_runner.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/host.hpp"
#include "core/engine/local_store.hpp"
#include "core/engine/self_test.hpp"
#include "core/engine/user.hpp"
#include "core/plugins/registry.hpp"

namespace cex::engine {

namespace {

// A job must not wait behind a self-test that waits for jobs.
constexpr std::chrono::milliseconds kSelfTestPatience{100};
// A layer may wait for as long as the jobs keep the slots busy.
constexpr std::chrono::milliseconds kLayerPatience{600'000};

std::uint32_t bound(std::uint32_t setting) {
  return setting == 0 ? UINT32_MAX : setting;
}

FairQueue::ShareOf tenant_shares(const config::Config& config) {
  return [tenants = config](const std::string& name) {
    const auto& tenant = tenants.tenant_of(name);
    return Share{tenant.weight, bound(tenant.max_running), bound(tenant.max_waiting)};
  };
}

FairQueue::ShareOf language_shares(const config::Config& config) {
  return [languages = config.languages](const std::string& id) {
    const auto found = languages.find(id);
    return Share{1, found == languages.end() ? UINT32_MAX : bound(found->second.max_concurrent)};
  };
}

Result<std::unique_ptr<JobStore>> open_store(const config::Config& config) {
  const bool durable = config.queue.backend == config::Backend::embedded;
  CEX_TRY(auto journal,
          durable ? storage::JobJournal::open(config.data_dir + "/jobs", config.queue.durability)
                  : storage::JobJournal::open_in_memory());
  CEX_TRY(auto store,
          LocalStore::open(std::move(journal), {.queue = config.queue,
                                                .results = config.results,
                                                .tenant_share = tenant_shares(config),
                                                .language_share = language_shares(config),
                                                .durable = durable}));
  return store;
}

}  // namespace

Result<std::unique_ptr<Service>> build_engine(config::Config config, Host host) {
  Host::State& prepared = *host.state;
  EngineParts parts;
  parts.isolation = prepared.isolation;
  parts.workers = prepared.workers;
  parts.memory_bytes = prepared.memory_bytes;
  parts.host_checks = std::move(prepared.checks);
  // Before threads exist and before anything from outside is read: see give_up_reading().
  const auto registry = plugins::Registry::load(
      {config.plugins.path, config.plugins.provider, config.plugins.disabled});
  CEX_CHECK(give_up_reading());
  parts.pool = std::make_unique<sandbox::SlotPool>(
      std::move(prepared.launchers),
      sandbox::PoolSettings{prepared.slots, prepared.workers, config.sandbox.slot_idle});
  parts.runner = std::make_unique<SlotRunner>(*parts.pool, config.network);
  // Before anything is offered: a box that does not hold is no reason to try somebody's code in it.
  CEX_TRY(parts.self_test_remark,
          run_self_test(*parts.runner, prepared.cgroups, parts.isolation.own_ids));
  parts.test_runner =
      std::make_unique<SlotRunner>(*parts.pool, config::NetworkSettings{}, kSelfTestPatience);

  parts.layer_runner =
      std::make_unique<SlotRunner>(*parts.pool, config::NetworkSettings{}, kLayerPatience);

  CEX_TRY(auto auditor, audit::Auditor::open(config.data_dir + "/audit", config.audit));
  parts.audit = std::make_unique<ChainedAudit>(std::move(auditor));
  parts.catalogue = Catalogue::discover(registry, config, *parts.runner, prepared.workers);
  CEX_TRY(parts.store, open_store(config));
  parts.cgroups = std::move(prepared.cgroups);
  parts.config = std::move(config);
  return std::make_unique<Engine>(std::move(parts));
}

}  // namespace cex::engine
