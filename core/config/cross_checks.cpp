// SPDX-License-Identifier: Apache-2.0
#include "core/config/cross_checks.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "core/base/ip_address.hpp"
#include "core/base/text.hpp"
#include "core/model/destination.hpp"
#include "core/model/limit_fields.hpp"

namespace cex::config {
namespace {

constexpr std::uint64_t kMaxPort = 65'535;

std::string origin(const Loaded& loaded, const std::string& path) {
  const auto found = loaded.origins.find(path);
  return (found == loaded.origins.end() ? std::string{"default"} : found->second) + ": " + path;
}

void check_defaults(Loaded& loaded, StepLimits& limits, const std::string& prefix,
                    std::vector<std::string>& errors) {
  for (const LimitField& field : kLimitFields) {
    const std::string path = prefix + ".default." + std::string{field.name};
    if (field.get(limits.defaults) <= field.get(limits.max)) continue;
    if (!loaded.origins.contains(path)) {
      field.set(limits.defaults, field.get(limits.max));
      continue;
    }
    errors.push_back(origin(loaded, path) + " is above " + prefix + ".max." +
                     std::string{field.name} + " (" + std::to_string(field.get(limits.max)) +
                     (is_milli(field) ? "/1000)" : ")"));
  }
}

void check_language(const Loaded& loaded, const LimitsRequest& asked, const Limits& max,
                    const std::string& prefix, std::vector<std::string>& errors) {
  for (const LimitField& field : kLimitFields) {
    const auto value = field.asked(asked);
    if (!value || *value <= field.get(max)) continue;
    errors.push_back(origin(loaded, prefix + "." + std::string{field.name}) +
                     " is above the largest that is allowed");
  }
}

bool is_folder_name(std::string_view path) {
  if (path.size() < 2 || path.front() != '/') return false;
  const auto parts = split(path.substr(1), '/');
  return std::ranges::none_of(
      parts, [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

bool is_address(std::string_view listen) {
  const auto colon = listen.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view host = listen.substr(0, colon);
  const auto port = parse_u64(listen.substr(colon + 1));
  const bool bare_v6 = host.find(':') != std::string_view::npos && !host.starts_with('[');
  return port && *port <= kMaxPort && !bare_v6;
}

void check_forms(const Loaded& loaded, std::vector<std::string>& errors) {
  const Config& config = loaded.config;
  if (!is_address(config.server.listen)) {
    errors.push_back(origin(loaded, "server.listen") +
                     " must be HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080");
  }
  if (!config.server.health_listen.empty() && !is_address(config.server.health_listen)) {
    errors.push_back(origin(loaded, "server.health_listen") +
                     " must be HOST:PORT, e.g. 127.0.0.1:8081, or empty");
  }
  if (!config.data_dir.empty() && config.data_dir.front() != '/') {
    errors.push_back(origin(loaded, "data_dir") + " must be an absolute path");
  }
  for (const std::string& root : config.sandbox.toolchain_roots) {
    if (is_folder_name(root)) continue;
    errors.push_back(
        origin(loaded, "sandbox.toolchain_roots") + ": '" + printable(root) +
        "' must be an absolute path without '.', '..' or a slash at its end, and not /");
  }
  if (config.sandbox.toolchain_roots.empty()) {
    errors.push_back(origin(loaded, "sandbox.toolchain_roots") + " must name at least one folder");
  }
  if (config.results.ttl > config.results.max_ttl) {
    errors.push_back(origin(loaded, "results.ttl_s") + " is above results.max_ttl_s");
  }
}

/// ADDRESS, ADDRESS:PORT or [V6]:PORT.
bool is_dns_server(const std::string& text) {
  if (parse_ip(text)) return true;
  const auto destination = parse_destination(text);
  return destination && is_ip_literal(*destination);
}

/// The two lists that every way out of this server has: `section`.allow and .permit_addresses.
void check_reach(const Loaded& loaded, const std::string& section,
                 const std::vector<std::string>& allow, const std::vector<std::string>& permit,
                 std::vector<std::string>& errors) {
  for (const std::string& text : allow) {
    if (const auto pattern = parse_destination_pattern(text); !pattern) {
      errors.push_back(origin(loaded, section + ".allow") + ": '" + printable(text) +
                       "': " + pattern.error().message);
    }
  }
  for (const std::string& text : permit) {
    if (parse_ip_block(text)) continue;
    errors.push_back(origin(loaded, section + ".permit_addresses") + ": '" + printable(text) +
                     "' must be an address or a block such as 10.0.0.0/8 or fd00::/8");
  }
}

void check_network(const Loaded& loaded, std::vector<std::string>& errors) {
  const NetworkSettings& network = loaded.config.network;
  check_reach(loaded, "network", network.allow, network.permit_addresses, errors);
  const WebhookSettings& webhooks = loaded.config.webhooks;
  check_reach(loaded, "webhooks", webhooks.allow, webhooks.permit_addresses, errors);
  for (const std::string& text : network.dns_servers) {
    if (is_dns_server(text)) continue;
    errors.push_back(origin(loaded, "network.dns_servers") + ": '" + printable(text) +
                     "' must be ADDRESS or ADDRESS:PORT, e.g. 127.0.0.1:53 or [::1]:53");
  }
}

bool is_redis_address(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  if (text.starts_with(kUnix)) return text.size() > kUnix.size() && text[kUnix.size()] == '/';
  return is_address(text);
}

void check_roles(const Loaded& loaded, std::vector<std::string>& errors) {
  const Config& config = loaded.config;
  for (const std::string& role : config.roles) {
    if (role == "api" || role == "worker") continue;
    errors.push_back(origin(loaded, "roles") + ": '" + printable(role) +
                     "' must be one of: api, worker");
  }
  const bool both = config.takes_requests() && config.runs_jobs();
  if (config.roles.empty()) {
    errors.push_back(origin(loaded, "roles") + " must name api, worker or both");
  } else if (!both && config.queue.backend != Backend::redis) {
    errors.push_back(origin(loaded, "roles") +
                     ": a node that does not take requests, or does not run jobs, needs others: "
                     "set queue.backend to \"redis\", or name both roles");
  }
}

void check_redis(const Loaded& loaded, std::vector<std::string>& errors) {
  const RedisSettings& redis = loaded.config.queue.redis;
  for (const std::string_view address : split(redis.address, ',')) {
    if (is_redis_address(trim(address))) continue;
    errors.push_back(origin(loaded, "queue.redis.address") + ": '" + printable(address) +
                     "' must be HOST:PORT or unix:/PATH");
  }
  if (redis.prefix.empty()) {
    errors.push_back(origin(loaded, "queue.redis.prefix") + " must not be empty");
  }
  if (!redis.user.empty() && redis.password_file.empty()) {
    errors.push_back(origin(loaded, "queue.redis.user") + " needs queue.redis.password_file too");
  }
}

void check_tls(const Loaded& loaded, std::vector<std::string>& errors) {
  const ServerSettings& server = loaded.config.server;
  if (server.tls_certificate.empty() == server.tls_key.empty()) return;
  errors.push_back(
      origin(loaded, server.tls_key.empty() ? "server.tls_certificate" : "server.tls_key") +
      " needs the other of server.tls_certificate and server.tls_key");
}

void check_tokens(const Loaded& loaded, std::vector<std::string>& errors) {
  const TokenSettings& tokens = loaded.config.tokens;
  if (!tokens.enabled()) return;
  // A token for somebody else, or of somebody else with the same key, must not be good here.
  for (const auto& [path, value] :
       {std::pair{"tokens.issuer", &tokens.issuer}, {"tokens.audience", &tokens.audience}}) {
    if (value->empty())
      errors.push_back(origin(loaded, path) + " must be set where tokens are taken");
  }
  if (tokens.discover && !tokens.jwks_uri.empty()) {
    errors.push_back(origin(loaded, "tokens.discover") + " and tokens.jwks_uri exclude each other");
  }
  if (tokens.tenant.empty() && tokens.tenant_claim.empty()) {
    errors.push_back(origin(loaded, "tokens.tenant") + " or tokens.tenant_claim must be set");
  }
  for (const std::string& entry : tokens.roles) {
    const auto equals = entry.rfind('=');
    if (equals != std::string::npos && equals != 0 && role_of(entry.substr(equals + 1))) continue;
    errors.push_back(origin(loaded, "tokens.roles") + ": '" + printable(entry) +
                     "' must be VALUE=ROLE, and the role run, read, auditor or admin");
  }
}

}  // namespace

void cross_check(Loaded& loaded, std::vector<std::string>& errors) {
  check_defaults(loaded, loaded.config.run, "limits.run", errors);
  check_defaults(loaded, loaded.config.compile, "limits.compile", errors);
  for (const auto& [id, language] : loaded.config.languages) {
    const std::string prefix = "languages." + id;
    check_language(loaded, language.run_defaults, loaded.config.run.max, prefix + ".run", errors);
    check_language(loaded, language.compile_defaults, loaded.config.compile.max,
                   prefix + ".compile", errors);
  }
  check_forms(loaded, errors);
  check_network(loaded, errors);
  check_roles(loaded, errors);
  check_redis(loaded, errors);
  check_tls(loaded, errors);
  check_tokens(loaded, errors);
}

}  // namespace cex::config
