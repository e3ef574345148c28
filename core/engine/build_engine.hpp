// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/engine/service.hpp"
#include "core/plugins/registry.hpp"

namespace cex::engine {

/// The privileged half of start-up: what must happen while the process has one thread and still its
/// first privileges. Made by prepare_host(), used up by build_engine(). Move-only.
class Host {
 public:
  Host();
  Host(Host&&) noexcept;
  Host& operator=(Host&&) noexcept;
  ~Host();

  struct State;
  std::unique_ptr<State> state;
};

struct HostOptions {
  std::string
      launcher;  ///< absolute path of cex-launcher; empty: beside this program or in libexec
};

/// Checks the host, makes the cgroups, starts the launchers (exec'd with an empty environment),
/// opens the data folder for the user that will serve, and gives root up for good (setgroups,
/// setresgid, setresuid, no_new_privs). Must be called before any thread exists. Fails closed:
/// Errc::unsupported with every missing feature and its remedy in the message. Without the role of
/// a worker it only opens the data folder and gives root up.
[[nodiscard]] Result<Host> prepare_host(const config::Config& config, const HostOptions& options);

/// Where and how plugins are looked for.
[[nodiscard]] plugins::SearchOptions plugin_search(const config::Config& config);

/// What an engine for one program needs to know of the machine. Empty: everything.
struct Interest {
  std::string language;  ///< id or alias; empty: those for `file`
  std::string file;      ///< its ending tells the language
};

/// Loads the plugins, probes the toolchains in boxes (those of `interest` alone: each costs the
/// start of a tool), opens the audit log and starts the workers.
[[nodiscard]] Result<std::unique_ptr<Service>> build_engine(config::Config config, Host host,
                                                            const Interest& interest = {});

/// What `cex doctor` prints about kernel, cgroups and namespaces; needs no privileges to ask.
[[nodiscard]] std::vector<HealthCheck> examine_host(const config::Config& config);

}  // namespace cex::engine
