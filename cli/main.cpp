// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <variant>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/options.hpp"
#include "core/base/log.hpp"

namespace cex::cli {
namespace {

int dispatch(const Options& options) {
  const Common& common = options.common;
  log::start(common.verbose ? log::Level::debug : log::Level::error, log::Format::text);
  struct Visitor {
    const Common& common;
    int operator()(const RunCommand& c) const { return run(common, c); }
    int operator()(const SubmitCommand& c) const { return submit(c); }
    int operator()(const BatchCommand& c) const { return batch(c); }
    int operator()(const TopCommand& c) const { return top(c); }
    int operator()(const PlanCommand& c) const { return plan(common, c); }
    int operator()(const LanguagesCommand& c) const { return languages(common, c); }
    int operator()(const DoctorCommand& c) const { return doctor(common, c); }
    int operator()(const AuditVerifyCommand& c) const { return audit_verify(c); }
    int operator()(const AuditReadCommand& c) const {
      return c.tail ? audit_tail(c) : audit_export(c);
    }
    int operator()(const PluginNewCommand& c) const { return plugin_new(c); }
    int operator()(const PluginCheckCommand& c) const { return plugin_check(c); }
    int operator()(const PluginListCommand& c) const { return plugin_list(common, c); }
    int operator()(const PluginDumpCommand& c) const { return plugin_dump(common, c); }
    int operator()(const KeyCreateCommand& c) const { return key_create(common, c); }
    int operator()(const KeyListCommand& c) const { return key_list(common, c); }
    int operator()(const KeyRevokeCommand& c) const { return key_revoke(common, c); }
    int operator()(const ConfigShowCommand& c) const { return config_show(common, c); }
  };
  return std::visit(Visitor{common}, options.command);
}

}  // namespace
}  // namespace cex::cli

int main(int argc, char** argv) {
  try {
    const auto parsed = cex::cli::parse_command_line(argc, argv);
    if (const auto* farewell = std::get_if<cex::cli::Farewell>(&parsed)) {
      std::fputs(farewell->out.c_str(), stdout);
      std::fputs(farewell->err.c_str(), stderr);
      return farewell->exit_code;
    }
    return cex::cli::dispatch(std::get<cex::cli::Options>(parsed));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cex: %s\n", error.what());
    return cex::cli::kExitFailure;
  }
}
