// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "core/base/log.hpp"
#include "core/config/config_loader.hpp"
#include "core/config/places.hpp"
#include "core/engine/build_engine.hpp"
#include "server/daemon.hpp"
#include "server/dto/catalogue.hpp"
#include "server/options.hpp"
#include "server/signals.hpp"
#include "server/version.hpp"

namespace cex::server {
namespace {

// Outputs and files come and go by the megabyte, in many threads. Left alone, glibc keeps a heap
// for each few threads and raises the size from which it asks the kernel for a block of its own, so
// that freed megabytes stay with the server: under mixed jobs 80 MiB instead of 30.
void keep_memory_small() {
  constexpr int kOwnBlock = 128 << 10;
  ::mallopt(M_ARENA_MAX, 2);
  ::mallopt(M_MMAP_THRESHOLD, kOwnBlock);
  ::mallopt(M_TRIM_THRESHOLD, kOwnBlock);
}

int complain(const Error& error) {
  std::fprintf(stderr, "code-executord: %s\n", error.message.c_str());
  return error.code == Errc::config ? kExitConfig : kExitFailure;
}

// `data_dir`: where nothing is said of it. Whoever this process has become says nothing of where it
// was started.
Result<config::Config> load_config(const Options& options, const std::string& data_dir) {
  CEX_TRY(config::Config config, config::load(options.load));
  CEX_CHECK(http::is_loopback(config.server.listen));
  if (!config.server.health_listen.empty()) {
    CEX_CHECK(http::is_loopback(config.server.health_listen));
  }
  if (config.data_dir.empty()) config.data_dir = data_dir;
  if (config.data_dir.empty()) {
    return fail(Errc::config, "no data folder: give --data-dir, or set HOME");
  }
  auto folders = config::default_plugin_dirs(config::program_dir());
  folders.insert(folders.end(), config.plugins.path.begin(), config.plugins.path.end());
  config.plugins.path = std::move(folders);
  return config;
}

// Each connection is a descriptor; the soft limit is often 1024, the hard one far above.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  constexpr rlim_t kEnough = 65536;
  limit.rlim_cur = std::min(limit.rlim_max, kEnough);
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) log::warning("cannot raise RLIMIT_NOFILE");
}

int print_findings(engine::Service& service) {
  const auto checks = service.readiness();
  for (const auto& check : checks) {
    const std::string state{dto::to_string(check.state)};
    std::printf("%-9s %-20s %s\n", state.c_str(), check.name.c_str(), check.detail.c_str());
    if (!check.remedy.empty()) std::printf("%-9s %-20s -> %s\n", "", "", check.remedy.c_str());
  }
  for (const auto& language : service.languages()) {
    std::printf("%-9s %-20s %s\n", language.usable ? "ok" : "unusable", language.id.c_str(),
                language.usable ? language.name.c_str() : language.reason.c_str());
  }
  const bool ready = dto::all_passed(checks);
  std::printf("%s\n", ready ? "ready" : "not ready");
  return ready ? kExitOk : kExitFailure;
}

int run(const Options& options) {
  Signals signals;  // before any thread, so that every thread has them blocked
  const auto config = load_config(options, config::default_data_dir());
  if (!config) return complain(config.error());
  log::start(config->log.level, config->log.format);
  raise_descriptor_limit();
  if (config->sandbox.insecure_no_cgroup_limits) {
    log::warning("INSECURE: programs run without cgroup limits; use this on a laptop only");
  }

  // While it may still be root, so that secrets can be root's alone.
  auto outfit = read_outfit(*config);
  if (!outfit) return complain(outfit.error());
  auto host =
      engine::prepare_host(*config, {.launcher = config::sibling_launcher(config::program_dir())});
  if (!host) return complain(host.error());
  // After the launcher was started: an ignored signal would be inherited through its exec.
  std::signal(SIGPIPE, SIG_IGN);
  auto service = engine::build_engine(*config, *std::move(host));
  if (!service) return complain(service.error());
  if (options.task == Task::check) {
    const int code = print_findings(**service);
    (*service)->drain(std::chrono::milliseconds{0});
    return code;
  }
  log::info("starting", {{"version", kVersion}, {"data_dir", config->data_dir}});
  Daemon daemon{*config, *std::move(outfit), *std::move(service),
                [&] { return load_config(options, config->data_dir); }};
  if (const auto started = daemon.start(); !started) return complain(started.error());
  return daemon.serve(signals) == Daemon::End::asked ? kExitOk : kExitAgain;
}

}  // namespace
}  // namespace cex::server

int main(int argc, char** argv) {
  cex::server::keep_memory_small();
  try {
    const auto parsed = cex::server::parse_command_line(argc, argv);
    if (const auto* farewell = std::get_if<cex::server::Farewell>(&parsed)) {
      std::fputs(farewell->out.c_str(), stdout);
      std::fputs(farewell->err.c_str(), stderr);
      return farewell->exit_code;
    }
    return cex::server::run(std::get<cex::server::Options>(parsed));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "code-executord: %s\n", error.what());
    return cex::server::kExitFailure;
  }
}
