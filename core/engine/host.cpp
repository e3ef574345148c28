// SPDX-License-Identifier: Apache-2.0
#include "core/engine/host.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include "core/base/log.hpp"
#include "core/engine/helpers.hpp"
#include "core/engine/prebooter.hpp"
#include "core/engine/user.hpp"
#include "core/engine/warmer.hpp"
#include "core/sandbox/cgroup_host.hpp"
#include "core/sandbox/host_check.hpp"
#include "core/sandbox/mount_table.hpp"
#include "core/sandbox/payload.hpp"
#include "core/sandbox/seccomp.hpp"
#include "core/warm/layer_store.hpp"

namespace cex::engine {
namespace {

namespace fs = std::filesystem;

// A server that has given root up cannot start another launcher, so some wait from the beginning,
// configured and idle, for the case that one is killed.
constexpr int kLaunchers = 3;

std::uint64_t physical_memory() {
  const auto pages = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Result<void> refuse_if_failed(const std::vector<HealthCheck>& checks) {
  std::string reasons;
  for (const auto& check : checks) {
    if (check.state != HealthCheck::State::failed) continue;
    if (!reasons.empty()) reasons += "; ";
    reasons += check.name + ": " + check.detail + " (" + check.remedy + ")";
  }
  if (reasons.empty()) return {};
  return fail(Errc::unsupported, "boxes cannot be made on this host: " + reasons);
}

const char* word(wire::CgroupKind kind) {
  switch (kind) {
    case wire::CgroupKind::none:
      return "none";
    case wire::CgroupKind::v1:
      return "v1";
    case wire::CgroupKind::v2:
      return "v2";
  }
  return "none";
}

Result<sandbox::CgroupInstance> claim_cgroups(const config::Config& config) {
  const auto& settings = config.sandbox;
  CEX_TRY(const auto found, sandbox::find_cgroups());
  auto instance = sandbox::make_cgroup_instance(found, settings.cgroup_parent);
  if (instance || !settings.insecure_no_cgroup_limits) return instance;
  log::warning("INSECURE: jobs run without limits on memory, processes and CPU",
               {{"reason", instance.error().message}});
  return sandbox::CgroupInstance{};
}

Result<void> start_all(const sandbox::LauncherSettings& settings, const UniqueFd& payload,
                       Host::State& state) {
  state.launchers.clear();
  for (int i = 0; i < kLaunchers; ++i) {
    CEX_TRY(auto launcher, sandbox::LauncherProcess::start(settings, state.cgroups, payload));
    state.launchers.push_back(std::move(launcher));
  }
  return {};
}

HealthCheck shared_id(const std::string& why) {
  return {
      "user ids", HealthCheck::State::degraded,
      "all jobs run as one user id, so they share the kernel's quotas by user: " + why,
      "give the user subordinate ids (package uidmap, /etc/subuid, /etc/subgid), or start as root"};
}

// Rootless, two ids a slot where the host grants them; `settings.ids` says so afterwards.
Result<void> start_launchers(sandbox::LauncherSettings& settings, const UniqueFd& payload,
                             Host::State& state) {
  std::string why;
  if (settings.rootless) {
    const auto ids = sandbox::find_subordinate_ids(2 * settings.slots);
    if (ids) {
      settings.ids = *ids;
      const auto started = start_all(settings, payload, state);
      if (!started) why = started.error().message;
    } else {
      why = ids.error().message;
    }
  }
  if (why.empty()) {
    state.checks.push_back(
        {"user ids", HealthCheck::State::ok, "two for each slot: the job's and its init's", {}});
    return settings.rootless ? Result<void>{} : start_all(settings, payload, state);
  }
  settings.ids.reset();
  state.checks.push_back(shared_id(why));
  return start_all(settings, payload, state);
}

// What running steps may be promised together. A limit that could never be given is refused now:
// its job would wait for ever.
Result<std::uint64_t> memory_for_jobs(const config::Config& config,
                                      const sandbox::CgroupInstance& cgroups) {
  const auto text = [](std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; };
  const std::uint64_t there = std::min(physical_memory(), sandbox::memory_above(cgroups));
  const std::uint64_t reserve = config.sandbox.memory_reserve_bytes;
  if (reserve >= there) {
    return fail(Errc::config, "sandbox.memory_reserve_bytes (" + text(reserve) +
                                  ") leaves nothing of the memory there is (" + text(there) + ")");
  }
  const std::uint64_t ahead = any_preboots(config) ? config.warm_up.preboots_max_bytes : 0;
  if (ahead >= there - reserve) {
    return fail(Errc::config, "warm_up.preboots_max_bytes (" + text(ahead) +
                                  ") leaves nothing of the memory there is (" + text(there) + ")");
  }
  const std::uint64_t most = there - reserve - ahead;
  const std::uint64_t wanted = config.sandbox.memory_bytes;
  if (wanted > most) {
    return fail(Errc::config, "sandbox.memory_bytes (" + text(wanted) +
                                  ") is more than the memory there is (" + text(there) +
                                  ") less sandbox.memory_reserve_bytes (" + text(reserve) + ")");
  }
  const std::uint64_t given = wanted == 0 ? most : wanted;
  for (const auto& [key, max] :
       {std::pair{"limits.run.max.memory_bytes", config.run.max.memory_bytes},
        std::pair{"limits.compile.max.memory_bytes", config.compile.max.memory_bytes}}) {
    if (max + wire::kBoxOverhead <= given) continue;
    return fail(Errc::config, std::string{key} + " (" + text(max) + ", and " +
                                  text(wire::kBoxOverhead) +
                                  " for the box) is more than the memory for jobs (" + text(given) +
                                  "): lower it, or sandbox.memory_reserve_bytes, or give more");
  }
  return given;
}

// Bound before there is a layer: what is published later appears in it, in every box.
std::string launcher_folder(const config::Config& config) {
  return any_layers(config) ? warm::LayerStore::content_folder(layers_folder(config)) : "/";
}

Result<void> make_layers_folder(const config::Config& config, const ServiceUser& user) {
  if (!any_layers(config)) return {};
  for (const std::string& folder : warm::LayerStore::folders(layers_folder(config))) {
    CEX_CHECK(prepare_shared_folder(folder, user));
  }
  return {};
}

Result<UniqueFd> make_payload(const config::Config& config, std::uint32_t slots) {
  CEX_TRY(const auto filters, sandbox::build_filters());
  CEX_TRY(const auto entries,
          sandbox::template_entries({config.sandbox.toolchain_roots, config.sandbox.uid_base,
                                     2 * slots, any_layers(config)}));
  return sandbox::make_payload(entries, filters);
}

}  // namespace

Host::Host() = default;
Host::Host(Host&&) noexcept = default;
Host& Host::operator=(Host&&) noexcept = default;
Host::~Host() = default;

namespace {

// A node that runs nothing needs neither launchers nor any right.
Result<Host> prepare_without_boxes(const config::Config& config) {
  Host host;
  host.state = std::make_unique<Host::State>();
  CEX_TRY(const ServiceUser user, choose_user(config.server.user));
  CEX_CHECK(prepare_data_dir(config.data_dir, user));
  CEX_CHECK(become(user));
  host.state->isolation = {.mode = "none", .cgroup = "none", .insecure = false, .own_ids = false};
  log::info("host prepared for requests alone", {{"user", user.name}});
  return host;
}

}  // namespace

Result<Host> prepare_host(const config::Config& config, const HostOptions& options) {
  const bool rootless = ::geteuid() != 0;
  // A client or a box that closes its end is an ordinary event, never a reason to die.
  ::signal(SIGPIPE, SIG_IGN);
  if (!config.runs_jobs()) return prepare_without_boxes(config);

  Host host;
  host.state = std::make_unique<Host::State>();
  Host::State& state = *host.state;
  state.checks = sandbox::check_host({rootless, config.sandbox.insecure_no_cgroup_limits});
  CEX_CHECK(refuse_if_failed(state.checks));

  const auto cpus = static_cast<std::uint32_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
  state.workers = config.sandbox.slots == 0 ? cpus : config.sandbox.slots;
  const std::uint32_t ahead = any_preboots(config) ? config.warm_up.preboots : 0;
  state.slots = std::min(state.workers + config.sandbox.spare_slots + ahead, wire::kMaxSlots);

  CEX_TRY(const ServiceUser user, choose_user(config.server.user));
  CEX_CHECK(prepare_data_dir(config.data_dir, user));
  CEX_CHECK(make_layers_folder(config, user));
  CEX_TRY(state.cgroups, claim_cgroups(config));
  CEX_TRY(state.memory_bytes, memory_for_jobs(config, state.cgroups));
  CEX_TRY(const UniqueFd payload, make_payload(config, state.slots));
  CEX_TRY(const std::string program, find_helper("cex-launcher", options.launcher));
  sandbox::LauncherSettings settings;
  settings.program = program;
  settings.slots = state.slots;
  settings.uid_base = config.sandbox.uid_base;
  settings.rootless = rootless;
  settings.fresh_network = config.sandbox.fresh_network;
  settings.folder = launcher_folder(config);
  CEX_CHECK(start_launchers(settings, payload, state));
  CEX_CHECK(become(user));
  state.isolation = {rootless ? "rootless" : "root", word(state.cgroups.kind),
                     state.cgroups.kind == wire::CgroupKind::none, !rootless || settings.ids};
  log::info("host prepared", {{"mode", state.isolation.mode},
                              {"cgroup", state.isolation.cgroup},
                              {"ids_for_each_slot", state.isolation.own_ids},
                              {"user", user.name},
                              {"slots", std::uint64_t{state.slots}}});
  return host;
}

std::vector<HealthCheck> examine_host(const config::Config& config) {
  return sandbox::check_host({::geteuid() != 0, config.sandbox.insecure_no_cgroup_limits});
}

}  // namespace cex::engine
