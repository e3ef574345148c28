// SPDX-License-Identifier: Apache-2.0
#include "core/engine/build_engine.hpp"

#include "core/audit/auditor.hpp"
#include "core/engine/adapters/chained_audit.hpp"
#include "core/engine/adapters/slot_runner.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/host.hpp"
#include "core/engine/memory_store.hpp"
#include "core/engine/self_test.hpp"
#include "core/engine/user.hpp"
#include "core/plugins/registry.hpp"

namespace cex::engine {

namespace {

// A job must not wait behind a self-test that waits for jobs.
constexpr std::chrono::milliseconds kSelfTestPatience{100};
// A layer may wait for as long as the jobs keep the slots busy.
constexpr std::chrono::milliseconds kLayerPatience{600'000};

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
  parts.store = std::make_unique<MemoryStore>(config.queue, config.results);
  parts.cgroups = std::move(prepared.cgroups);
  parts.config = std::move(config);
  return std::make_unique<Engine>(std::move(parts));
}

}  // namespace cex::engine
