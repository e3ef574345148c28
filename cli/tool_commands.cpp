// SPDX-License-Identifier: Apache-2.0
// The commands that need no engine.
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/table.hpp"
#include "core/audit/verify.hpp"
#include "core/base/json.hpp"

namespace cex::cli {
namespace {

void print_report(const std::string& path, const audit::VerifyReport& report) {
  for (const auto& finding : report.findings) {
    std::printf("%s:%llu: %s\n", finding.file.c_str(),
                static_cast<unsigned long long>(finding.line), finding.message.c_str());
  }
  for (const auto& note : report.notes) std::printf("note: %s\n", note.c_str());
  std::printf("%s: %s: %llu records (%llu to %llu) in %llu files, signed up to record %llu\n",
              path.c_str(), report.ok() ? "verified" : "NOT what was written",
              static_cast<unsigned long long>(report.records),
              static_cast<unsigned long long>(report.first_sequence),
              static_cast<unsigned long long>(report.last_sequence),
              static_cast<unsigned long long>(report.files),
              static_cast<unsigned long long>(report.signed_sequence));
}

nlohmann::json as_json(const audit::VerifyReport& report) {
  nlohmann::json findings = nlohmann::json::array();
  for (const auto& finding : report.findings) {
    findings.push_back(
        {{"file", finding.file}, {"line", finding.line}, {"message", finding.message}});
  }
  return {{"verified", report.ok()},
          {"files", report.files},
          {"records", report.records},
          {"first_sequence", report.first_sequence},
          {"last_sequence", report.last_sequence},
          {"signed_sequence", report.signed_sequence},
          {"findings", std::move(findings)},
          {"notes", report.notes}};
}

}  // namespace

int audit_verify(const AuditVerifyCommand& command) {
  const auto report = audit::verify(command.path, {.public_key = command.public_key});
  if (!report) return complain(report.error());
  if (command.json) {
    std::printf("%s\n", dump_json_pretty(as_json(*report)).c_str());
  } else {
    print_report(command.path, *report);
  }
  return report->ok() ? kExitOk : kExitFailure;
}

int config_show(const Common& common, const ConfigShowCommand& command) {
  const auto settings = config::settings(common.load);
  if (!settings) return complain(settings.error());
  if (command.json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const auto& setting : *settings) {
      all.push_back({{"key", setting.path},
                     {"value", setting.value},
                     {"origin", setting.origin},
                     {"environment", setting.environment},
                     {"reloadable", setting.reloadable},
                     {"description", setting.description}});
    }
    std::printf("%s\n", all.dump(2).c_str());
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows{{"KEY", "VALUE", "CHANGES BY", "ORIGIN"}};
  for (const auto& setting : *settings) {
    rows.push_back(
        {setting.path, setting.value, setting.reloadable ? "reload" : "restart", setting.origin});
  }
  std::fputs(as_table(rows).c_str(), stdout);
  return kExitOk;
}

}  // namespace cex::cli
