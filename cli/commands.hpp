// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/options.hpp"

namespace cex::cli {

/// One function a command; each prints for itself and returns the exit status.
[[nodiscard]] int run(const Common& common, const RunCommand& command);
[[nodiscard]] int submit(const SubmitCommand& command);
[[nodiscard]] int batch(const BatchCommand& command);
[[nodiscard]] int top(const TopCommand& command);
[[nodiscard]] int plan(const Common& common, const PlanCommand& command);
[[nodiscard]] int languages(const Common& common, const LanguagesCommand& command);
[[nodiscard]] int doctor(const Common& common, const DoctorCommand& command);
[[nodiscard]] int audit_verify(const AuditVerifyCommand& command);
[[nodiscard]] int audit_export(const AuditReadCommand& command);
[[nodiscard]] int audit_tail(const AuditReadCommand& command);
[[nodiscard]] int plugin_new(const PluginNewCommand& command);
[[nodiscard]] int plugin_check(const PluginCheckCommand& command);
[[nodiscard]] int plugin_list(const Common& common, const PluginListCommand& command);
[[nodiscard]] int plugin_dump(const Common& common, const PluginDumpCommand& command);
[[nodiscard]] int key_create(const Common& common, const KeyCreateCommand& command);
[[nodiscard]] int key_list(const Common& common, const KeyListCommand& command);
[[nodiscard]] int key_revoke(const Common& common, const KeyRevokeCommand& command);
[[nodiscard]] int config_show(const Common& common, const ConfigShowCommand& command);

}  // namespace cex::cli
