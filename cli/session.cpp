// SPDX-License-Identifier: Apache-2.0
#include "cli/session.hpp"

#include <stdlib.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/config/places.hpp"

namespace cex::cli {
namespace {

Result<std::string> make_temporary() {
  const char* base = std::getenv("TMPDIR");
  std::string pattern =
      std::string{base != nullptr && *base == '/' ? base : "/tmp"} + "/cex-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return fail_errno(pattern);
  return pattern;
}

}  // namespace

Result<config::Config> load_config(const Common& common) {
  CEX_TRY(config::Config config, config::load(common.load));
  // The data folder of the configuration belongs to the server, whose audit log has one writer.
  if (!common.data_dir_given) config.data_dir.clear();
  auto folders = config::default_plugin_dirs(config::program_dir());
  folders.insert(folders.end(), config.plugins.path.begin(), config.plugins.path.end());
  config.plugins.path = std::move(folders);
  return config;
}

Result<Session> Session::open(config::Config config, const engine::Interest& interest) {
  Session session;
  config.queue.backend = config::Backend::memory;  // its jobs end with it
  config.roles = {"api", "worker"};
  if (config.data_dir.empty()) {
    CEX_TRY(session.temporary_, make_temporary());
    config.data_dir = session.temporary_;
    config.audit.sync = config::AuditSync::off;
    // Layers in a folder that goes with the command would be built for nothing.
    config.warm_up.mode = config::WarmUp::off;
    for (auto& [id, language] : config.languages) language.warm_up.reset();
  }
  CEX_TRY(auto host, engine::prepare_host(
                         config, {.launcher = config::sibling_launcher(config::program_dir())}));
  CEX_TRY(session.service_, engine::build_engine(std::move(config), std::move(host), interest));
  return session;
}

Session::~Session() {
  if (service_) service_->drain(std::chrono::milliseconds{0});
  service_.reset();
  if (temporary_.empty()) return;
  std::error_code ignored;  // a folder left in /tmp is no reason to change the exit status
  std::filesystem::remove_all(temporary_, ignored);
}

}  // namespace cex::cli
