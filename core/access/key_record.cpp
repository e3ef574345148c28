// SPDX-License-Identifier: Apache-2.0
#include "core/access/key_record.hpp"

#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/model/limit_fields.hpp"

namespace cex::access {
namespace {

using Json = nlohmann::json;

// Instants are whole seconds since 1970: they are compared, and shown by other code.
std::int64_t seconds_of(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::optional<WallTime> time_in(const Json& value, const char* name) {
  const auto found = value.find(name);
  if (found == value.end()) return std::nullopt;
  return WallTime{std::chrono::seconds{found->get<std::int64_t>()}};
}

Json permit_value(const Permit& permit) {
  Json value{{"network", permit.network}};
  if (!permit.languages.empty()) value["languages"] = permit.languages;
  for (const LimitField& field : kLimitFields) {
    if (const auto limit = field.asked(permit.max)) value["max"][std::string{field.name}] = *limit;
  }
  return value;
}

Permit permit_in(const Json& value) {
  Permit permit;
  permit.network = value.at("network").get<bool>();
  if (value.contains("languages")) value.at("languages").get_to(permit.languages);
  if (!value.contains("max")) return permit;
  for (const LimitField& field : kLimitFields) {
    const auto found = value.at("max").find(std::string{field.name});
    if (found != value.at("max").end()) field.ask(permit.max, found->get<std::uint64_t>());
  }
  return permit;
}

KeyRecord record_in(const Json& value) {
  KeyRecord record;
  value.at("prefix").get_to(record.prefix);
  value.at("hmac_sha256").get_to(record.digest);
  value.at("name").get_to(record.name);
  Principal& principal = record.principal;
  principal.key = record.prefix;
  value.at("tenant").get_to(principal.tenant);
  for (const auto& name : value.at("roles")) {
    const auto role = role_of(name.get<std::string>());
    // A role this version does not know grants nothing; the others still hold.
    if (role) principal.roles.push_back(*role);
  }
  principal.permit = permit_in(value.at("permit"));
  if (value.contains("rate")) {
    principal.rate = Rate{value.at("rate").at("per_second").get<double>(),
                          value.at("rate").at("burst").get<std::uint32_t>()};
  }
  record.created_at = time_in(value, "created").value_or(WallTime{});
  record.expires_at = time_in(value, "expires");
  record.revoked_at = time_in(value, "revoked");
  return record;
}

}  // namespace

Json to_json_value(const KeyRecord& record) {
  Json value{{"prefix", record.prefix},
             {"hmac_sha256", record.digest},
             {"name", record.name},
             {"tenant", record.principal.tenant},
             {"roles", Json::array()},
             {"permit", permit_value(record.principal.permit)},
             {"created", seconds_of(record.created_at)}};
  for (const Role role : record.principal.roles) value["roles"].push_back(to_string(role));
  if (const auto& rate = record.principal.rate) {
    value["rate"] = {{"per_second", rate->per_second}, {"burst", rate->burst}};
  }
  if (record.expires_at) value["expires"] = seconds_of(*record.expires_at);
  if (record.revoked_at) value["revoked"] = seconds_of(*record.revoked_at);
  return value;
}

Result<KeyRecord> key_record_of(const Json& value) {
  try {
    return record_in(value);
  } catch (const Json::exception& error) {
    return fail(Errc::config, "not a key: " + std::string{error.what()});
  }
}

}  // namespace cex::access
