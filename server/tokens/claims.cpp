// SPDX-License-Identifier: Apache-2.0
#include "server/tokens/claims.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/config/keys.hpp"
#include "core/model/limit_fields.hpp"

namespace cex::tokens {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxValues = 64;
constexpr std::size_t kMaxSubject = 200;

tl::unexpected<Error> refuse(std::string why) {
  return fail(Errc::forbidden, std::move(why));
}

// Some issuers write decimals. Absent: empty; anything else than a number: NaN, which is never in
// time.
std::optional<double> seconds_in(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return std::nullopt;
  return found->is_number() ? found->get<double>() : std::nan("");
}

/// A text or a list of texts; empty optional for anything else.
std::optional<std::vector<std::string>> texts_in(const json& claims, const std::string& name) {
  const auto found = claims.find(name);
  std::vector<std::string> texts;
  if (found == claims.end()) return texts;
  if (found->is_string()) return std::vector<std::string>{found->get<std::string>()};
  if (!found->is_array() || found->size() > kMaxValues) return std::nullopt;
  for (const auto& item : *found) {
    if (!item.is_string()) return std::nullopt;
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

Result<std::string> tenant_of(const json& claims, const config::TokenSettings& settings) {
  if (!settings.tenant.empty()) return settings.tenant;
  const auto found = claims.find(settings.tenant_claim);
  if (found == claims.end() || !found->is_string()) {
    return refuse("the token has no claim " + settings.tenant_claim);
  }
  auto tenant = found->get<std::string>();
  if (!config::is_tenant_name(tenant)) return refuse("the token's tenant is no name of a tenant");
  return tenant;
}

Result<std::vector<Role>> roles_of(const json& claims, const config::TokenSettings& settings) {
  const auto values = texts_in(claims, settings.role_claim);
  if (!values) return refuse("the claim " + settings.role_claim + " is no list of texts");
  std::vector<Role> roles;
  for (const std::string& entry : settings.roles) {
    const auto equals = entry.rfind('=');
    const auto role = role_of(entry.substr(equals + 1));
    const bool given = std::ranges::find(*values, entry.substr(0, equals)) != values->end();
    if (role && given) roles.push_back(*role);
  }
  return roles;
}

Result<LimitsRequest> limits_of(const json& claims, const std::string& name) {
  LimitsRequest limits;
  const auto found = claims.find(name);
  if (found == claims.end()) return limits;
  if (!found->is_object()) return refuse("the claim " + name + " is no object");
  for (const auto& [key, value] : found->items()) {
    const auto field = std::ranges::find_if(
        kLimitFields, [&](const LimitField& known) { return known.name == key; });
    if (field == std::end(kLimitFields)) {
      return refuse("the claim " + name + " has an unknown limit " + printable(key));
    }
    const double units =
        value.is_number() ? value.get<double>() * (is_milli(*field) ? 1000 : 1) : -1;
    constexpr double kMost = 1e15;
    if (units < static_cast<double>(field->minimum) || units > kMost ||
        units != std::floor(units)) {
      return refuse("the limit " + printable(key) + " of the claim " + name + " is no such limit");
    }
    field->ask(limits, static_cast<std::uint64_t>(units));
  }
  return limits;
}

}  // namespace

Result<void> check_claims(const json& claims, const config::TokenSettings& settings, WallTime now) {
  if (!claims.is_object()) return refuse("the token's claims are no object");
  const double seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
  const auto leeway = static_cast<double>(settings.leeway.count());
  const auto expires = seconds_in(claims, "exp");
  // Written so that NaN fails too.
  if (!expires) return refuse("the token has no exp");
  if (!(*expires + leeway > seconds)) return refuse("the token has expired");
  for (const char* name : {"nbf", "iat"}) {
    const auto from = seconds_in(claims, name);
    if (from && !(*from - leeway <= seconds)) {
      return refuse(std::string{"the token's "} + name + " lies in the future");
    }
  }
  const auto issuer = claims.find("iss");
  if (issuer == claims.end() || *issuer != settings.issuer) {
    return refuse("the token is of another issuer");
  }
  const auto audience = texts_in(claims, "aud");
  if (!audience || std::ranges::find(*audience, settings.audience) == audience->end()) {
    return refuse("the token is for another audience");
  }
  return {};
}

Result<Principal> principal_of(const json& claims, const config::TokenSettings& settings) {
  Principal principal;
  CEX_TRY(principal.tenant, tenant_of(claims, settings));
  CEX_TRY(principal.roles, roles_of(claims, settings));
  const auto subject = claims.find("sub");
  if (subject == claims.end() || !subject->is_string() || subject->get<std::string>().empty()) {
    return refuse("the token has no sub");
  }
  principal.key = "sub:" + printable(subject->get<std::string>(), kMaxSubject);
  if (!settings.languages_claim.empty() && claims.contains(settings.languages_claim)) {
    auto languages = texts_in(claims, settings.languages_claim);
    // An empty list permits nothing, but to a Permit it would mean everything.
    if (!languages || languages->empty()) {
      return refuse("the claim " + settings.languages_claim + " names no languages");
    }
    principal.permit.languages = *std::move(languages);
  }
  if (!settings.limits_claim.empty()) {
    CEX_TRY(principal.permit.max, limits_of(claims, settings.limits_claim));
  }
  principal.permit.network = settings.network;
  return principal;
}

}  // namespace cex::tokens
