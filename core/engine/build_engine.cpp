// SPDX-License-Identifier: Apache-2.0
#include "core/engine/build_engine.hpp"

#include <algorithm>
#include <cstdint>

#include "core/engine/adapters/chained_audit.hpp"
#include "core/engine/adapters/no_boxes.hpp"
#include "core/engine/adapters/slot_runner.hpp"
#include "core/engine/cluster_languages.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/helpers.hpp"
#include "core/engine/host.hpp"
#include "core/engine/local_languages.hpp"
#include "core/engine/local_store.hpp"
#include "core/engine/self_test.hpp"
#include "core/engine/shared_store.hpp"
#include "core/engine/user.hpp"
#include "core/plugins/registry.hpp"

namespace cex::engine {

namespace {

// A job must not wait behind a self-test that waits for jobs.
constexpr std::chrono::milliseconds kSelfTestPatience{100};
// A layer may wait for as long as the jobs keep the slots busy.
constexpr std::chrono::milliseconds kLayerPatience{600'000};

// Beyond the bound on one try: the time to look at what came of it.
constexpr std::chrono::milliseconds kCallbackSlack{20'000};

using LiveConfig = std::shared_ptr<config::Live>;

std::uint32_t bound(std::uint32_t setting) {
  return setting == 0 ? UINT32_MAX : setting;
}

FairQueue::ShareOf tenant_shares(const LiveConfig& live) {
  return [live](const std::string& name) {
    const auto config = live->now();
    const auto& tenant = config->tenant_of(name);
    return Share{tenant.weight, bound(tenant.max_running), bound(tenant.max_waiting)};
  };
}

FairQueue::ShareOf language_shares(const LiveConfig& live) {
  return [live](const std::string& id) {
    const auto config = live->now();
    const auto found = config->languages.find(id);
    const bool bounded = found != config->languages.end();
    return Share{1, bounded ? bound(found->second.max_concurrent) : UINT32_MAX};
  };
}

Result<std::unique_ptr<JobStore>> open_local_store(const config::Config& config,
                                                   const LiveConfig& live) {
  const bool durable = config.queue.backend == config::Backend::embedded;
  CEX_TRY(auto journal,
          durable ? storage::JobJournal::open(config.data_dir + "/jobs", config.queue.durability)
                  : storage::JobJournal::open_in_memory());
  CEX_TRY(auto store, LocalStore::open(std::move(journal), {.queue = config.queue,
                                                            .results = config.results,
                                                            .tenant_share = tenant_shares(live),
                                                            .language_share = language_shares(live),
                                                            .durable = durable}));
  return store;
}

SharedStore::LanguageBounds language_bounds(const LiveConfig& live) {
  return [live] {
    std::vector<std::pair<std::string, std::uint32_t>> bounds;
    const auto config = live->now();
    for (const auto& [id, language] : config->languages) {
      if (language.max_concurrent != 0) bounds.emplace_back(id, language.max_concurrent);
    }
    return bounds;
  };
}

/// The store, and the languages that can be asked for, of a node among others.
void join_cluster(EngineParts& parts, const std::shared_ptr<ClusterLink>& link,
                  const config::Config& config) {
  const bool works = config.runs_jobs();
  const auto offer_of = [works](const cluster::Announcement& words) {
    return works ? SharedStore::Offer{lanes_of(words), cluster::encode(words)}
                 : SharedStore::Offer{};
  };
  auto store = std::make_unique<SharedStore>(
      link, SharedStore::Settings{.queue = config.queue,
                                  .results = config.results,
                                  .tenant_share = tenant_shares(parts.live),
                                  .language_bounds = language_bounds(parts.live),
                                  .callback_lease = kCallbackSlack + config.webhooks.timeout,
                                  .offer = offer_of(announcement_of(*parts.own->current()))});
  parts.languages = std::make_shared<ClusterLanguages>(
      link, config, parts.own, works,
      [store = store.get(), offer_of](const cluster::Announcement& words) {
        store->offer(offer_of(words));
      });
  parts.store = std::move(store);
}

/// What makes boxes, and the proof that they hold.
Result<void> open_boxes(EngineParts& parts, Host::State& prepared, const config::Config& config) {
  parts.pool = std::make_unique<sandbox::SlotPool>(
      std::move(prepared.launchers),
      sandbox::PoolSettings{prepared.slots, prepared.workers, config.sandbox.slot_idle});
  parts.runner = std::make_unique<SlotRunner>(*parts.pool,
                                              [live = parts.live] { return live->now()->network; });
  // Before anything is offered: a box that does not hold is no reason to try somebody's code in it.
  CEX_TRY(parts.self_test_remark,
          run_self_test(*parts.runner, prepared.cgroups, parts.isolation.own_ids));
  parts.test_runner =
      std::make_unique<SlotRunner>(*parts.pool, config::NetworkSettings{}, kSelfTestPatience);
  parts.layer_runner =
      std::make_unique<SlotRunner>(*parts.pool, config::NetworkSettings{}, kLayerPatience);
  return {};
}

bool is_of_interest(const langspec::Language& language, const Interest& interest) {
  const auto holds = [](const std::vector<std::string>& list, auto test) {
    return std::any_of(list.begin(), list.end(), test);
  };
  if (!interest.language.empty()) {
    return language.id == interest.language ||
           holds(language.aliases, [&](const auto& alias) { return alias == interest.language; });
  }
  return interest.file.empty() || holds(language.extensions, [&](const auto& ending) {
           return interest.file.ends_with(ending);
         });
}

}  // namespace

plugins::SearchOptions plugin_search(const config::Config& config) {
  plugins::SearchOptions options;
  options.directories = config.plugins.path;
  options.provider = config.plugins.provider;
  options.disabled = config.plugins.disabled;
  switch (config.plugins.isolation) {
    case config::PluginIsolation::foreign:
      options.isolation = plugins::Isolation::foreign;
      break;
    case config::PluginIsolation::all:
      options.isolation = plugins::Isolation::all;
      break;
    case config::PluginIsolation::none:
      options.isolation = plugins::Isolation::none;
      break;
  }
  // Missing, it is missed by a plugin that needs it.
  options.plugin_host = find_helper("cex-plugin-host", {}).value_or(std::string{});
  return options;
}

Result<std::unique_ptr<Service>> build_engine(config::Config config, Host host,
                                              const Interest& interest) {
  Host::State& prepared = *host.state;
  EngineParts parts;
  parts.isolation = prepared.isolation;
  parts.workers = prepared.workers;
  parts.memory_bytes = prepared.memory_bytes;
  parts.host_checks = std::move(prepared.checks);
  // Before threads exist and before anything from outside is read: see give_up_reading().
  const auto search = plugin_search(config);
  const auto registry = plugins::Registry::load(search);
  std::shared_ptr<ClusterLink> link;
  if (config.queue.backend == config::Backend::redis) {
    CEX_TRY(auto client, cluster::RedisClient::open(config.queue.redis));
    link = std::make_shared<ClusterLink>(std::move(client));
  }
  CEX_CHECK(give_up_reading());
  parts.live = std::make_shared<config::Live>(config);
  if (config.runs_jobs()) {
    CEX_CHECK(open_boxes(parts, prepared, config));
  } else {
    parts.runner = std::make_unique<NoBoxes>();
    config.warm_up.mode = config::WarmUp::off;
    for (auto& [id, language] : config.languages) language.warm_up.reset();
  }

  CEX_TRY(parts.audit, ChainedAudit::open(config.data_dir + "/audit", config.audit));
  const auto wanted = [interest](const plugins::LoadedPlugin& plugin) {
    const auto& languages = plugin.description.languages;
    return std::any_of(languages.begin(), languages.end(),
                       [&](const auto& language) { return is_of_interest(language, interest); });
  };
  // Without boxes there is nothing to try toolchains in: all are the workers'.
  parts.own = std::make_shared<LocalLanguages>(
      LocalLanguages::Sources{.search = search,
                              .live = parts.live,
                              .runner = parts.layer_runner.get(),
                              .parallel = prepared.workers,
                              .answers = config.data_dir + "/probes",
                              .wanted = wanted},
      registry);
  if (link) {
    join_cluster(parts, link, config);
  } else {
    CEX_TRY(parts.store, open_local_store(config, parts.live));
    parts.languages = parts.own;
  }
  parts.cgroups = std::move(prepared.cgroups);
  parts.config = std::move(config);
  return std::make_unique<Engine>(std::move(parts));
}

}  // namespace cex::engine
