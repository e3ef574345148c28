// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/table.hpp"
#include "core/access/key_file.hpp"
#include "core/base/text.hpp"
#include "core/config/keys.hpp"
#include "core/config/places.hpp"
#include "core/model/limit_fields.hpp"

namespace cex::cli {
namespace {

using access::KeyFile;
using access::KeyRecord;

constexpr std::uint32_t kDefaultBurst = 10;

Result<KeyFile> key_file(const Common& common) {
  CEX_TRY(const config::Config config, config::load(common.load));
  const std::string folder = config.data_dir.empty() ? config::default_data_dir() : config.data_dir;
  struct stat status {};
  if (folder.empty() || ::stat(folder.c_str(), &status) != 0) {
    return fail(Errc::config, "no data folder of a server at '" + folder +
                                  "'; start the server once, or give its --data-dir");
  }
  return KeyFile{folder};
}

Result<void> check_tenant(const std::string& tenant) {
  if (config::is_tenant_name(tenant)) return {};
  return fail(Errc::invalid_request, "--tenant: 1-64 letters, digits, '-' and '_'");
}

Result<void> take_limit(const std::string& text, LimitsRequest& limits) {
  const auto equals = text.find('=');
  const std::string name = text.substr(0, equals);
  std::vector<std::string> names;
  for (const LimitField& field : kLimitFields) {
    names.emplace_back(field.name);
    if (field.name != name || equals == std::string::npos) continue;
    const std::string value = text.substr(equals + 1);
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end) * (is_milli(field) ? 1000 : 1);
    const bool whole = *end == '\0' && !value.empty() && number == std::floor(number);
    if (!whole || number < static_cast<double>(field.minimum) || number > 1e15) {
      return fail(Errc::invalid_request, "--max " + name + ": '" + value + "' is no such limit");
    }
    field.ask(limits, static_cast<std::uint64_t>(number));
    return {};
  }
  return fail(Errc::invalid_request, "--max: write LIMIT=VALUE with one of " + join(names, ", "));
}

Result<Principal> principal_of(const KeyCreateCommand& command) {
  CEX_CHECK(check_tenant(command.tenant));
  Principal principal;
  principal.tenant = command.tenant;
  for (const std::string& name : command.roles) {
    const auto role = role_of(name);
    if (!role) {
      return fail(Errc::invalid_request,
                  "--role: '" + name + "' is none of run, read, auditor, admin");
    }
    principal.roles.push_back(*role);
  }
  if (principal.roles.empty()) principal.roles = {Role::run};
  principal.permit.languages = command.languages;
  principal.permit.network = !command.no_network;
  for (const std::string& limit : command.limits) {
    CEX_CHECK(take_limit(limit, principal.permit.max));
  }
  if (command.rate > 0) {
    principal.rate = Rate{command.rate, command.burst != 0 ? command.burst : kDefaultBurst};
  } else if (command.burst != 0) {
    return fail(Errc::invalid_request, "--burst goes with --rate");
  }
  return principal;
}

Result<void> create(const Common& common, const KeyCreateCommand& command) {
  CEX_TRY(const Principal principal, principal_of(command));
  CEX_TRY(KeyFile file, key_file(common));
  const auto now = std::chrono::system_clock::now();
  std::optional<WallTime> expires;
  if (command.days != 0) expires = now + std::chrono::hours{24} * command.days;
  access::NewKey made;
  CEX_CHECK(file.change([&](const std::string& pepper, std::vector<KeyRecord>& keys) {
    made = access::make_key(pepper, command.name, principal, expires, now);
    keys.push_back(made.record);
    return Result<void>{};
  }));
  if (command.json) {
    const nlohmann::json shown{
        {"key", made.secret}, {"prefix", made.record.prefix}, {"tenant", principal.tenant}};
    std::printf("%s\n", shown.dump(2).c_str());
    return {};
  }
  std::printf("%s\n", made.secret.c_str());
  std::fprintf(stderr, "This is the only time the key is shown. Revoke it by: cex key revoke %s\n",
               made.record.prefix.c_str());
  return {};
}

std::string state_of(const KeyRecord& key) {
  if (key.revoked_at) return "revoked";
  if (key.expires_at && *key.expires_at <= std::chrono::system_clock::now()) return "expired";
  return "valid";
}

std::string roles_of(const KeyRecord& key) {
  std::vector<std::string> names;
  for (const Role role : key.principal.roles) names.emplace_back(to_string(role));
  return join(names, ",");
}

Result<void> list(const Common& common, const KeyListCommand& command) {
  CEX_TRY(const KeyFile file, key_file(common));
  CEX_TRY(const auto keys, file.read());
  if (command.json) {
    auto shown = nlohmann::json::array();
    for (const KeyRecord& key : keys) {
      auto value = access::to_json_value(key);
      value.erase("hmac_sha256");
      value["state"] = state_of(key);
      shown.push_back(std::move(value));
    }
    std::printf("%s\n", shown.dump(2).c_str());
    return {};
  }
  std::vector<std::vector<std::string>> rows{
      {"PREFIX", "TENANT", "ROLES", "STATE", "CREATED", "EXPIRES", "NAME"}};
  for (const KeyRecord& key : keys) {
    rows.push_back({key.prefix, key.principal.tenant, roles_of(key), state_of(key),
                    rfc3339(key.created_at), key.expires_at ? rfc3339(*key.expires_at) : "never",
                    key.name});
  }
  std::fputs(as_table(rows).c_str(), stdout);
  return {};
}

Result<void> revoke(const Common& common, const KeyRevokeCommand& command) {
  CEX_TRY(KeyFile file, key_file(common));
  return file.change([&](const std::string&, std::vector<KeyRecord>& keys) -> Result<void> {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const KeyRecord& key) {
      return key.prefix == command.prefix;
    });
    if (found == keys.end()) {
      return fail(Errc::not_found,
                  "no key has the prefix '" + command.prefix + "'; `cex key list` shows them");
    }
    if (!found->revoked_at) found->revoked_at = std::chrono::system_clock::now();
    return {};
  });
}

int exit_with(const Result<void>& result) {
  return result ? kExitOk : complain(result.error());
}

}  // namespace

int key_create(const Common& common, const KeyCreateCommand& command) {
  return exit_with(create(common, command));
}

int key_list(const Common& common, const KeyListCommand& command) {
  return exit_with(list(common, command));
}

int key_revoke(const Common& common, const KeyRevokeCommand& command) {
  return exit_with(revoke(common, command));
}

}  // namespace cex::cli
