// SPDX-License-Identifier: Apache-2.0
#include "core/policy/network_rules.hpp"

#include <algorithm>

#include "core/model/sandbox_plan.hpp"

namespace cex::policy {
namespace {

bool is_permitted(const Destination& wanted, const config::NetworkSettings& settings) {
  return std::ranges::any_of(settings.allow, [&](const std::string& text) {
    const auto pattern = parse_destination_pattern(text);
    return pattern && pattern->matches(wanted);
  });
}

}  // namespace

Result<std::vector<Destination>> grant_network(const std::vector<std::string>& asked,
                                               const config::NetworkSettings& settings) {
  std::vector<Destination> granted;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    auto destination = parse_destination(asked[i]);
    if (!destination) {
      return fail_at(Errc::invalid_request, "/network/allow/" + std::to_string(i),
                     destination.error().message);
    }
    granted.push_back(*std::move(destination));
  }
  if (granted.empty()) return granted;
  if (settings.allow.empty()) {
    return fail_at(Errc::forbidden, "/network", "this server gives jobs no network");
  }
  if (granted.size() > settings.max_entries) {
    return fail_at(Errc::limit_too_high, "/network/allow",
                   "at most " + std::to_string(settings.max_entries) + " destinations a job");
  }
  for (std::size_t i = 0; i < granted.size(); ++i) {
    if (is_permitted(granted[i], settings)) continue;
    return fail_at(Errc::forbidden, "/network/allow/" + std::to_string(i),
                   "this server lets no job reach " + to_string(granted[i]));
  }
  return granted;
}

const EnvPairs& proxy_env() {
  static const EnvPairs variables = [] {
    const std::string proxy = "http://127.0.0.1:" + std::to_string(kProxyPort);
    // What a program serves to itself stays inside its box.
    const std::string local = "localhost,127.0.0.1,::1";
    // Some programs read the one spelling, some the other.
    return EnvPairs{{"HTTP_PROXY", proxy}, {"HTTPS_PROXY", proxy}, {"ALL_PROXY", proxy},
                    {"NO_PROXY", local},   {"http_proxy", proxy},  {"https_proxy", proxy},
                    {"all_proxy", proxy},  {"no_proxy", local}};
  }();
  return variables;
}

Result<void> check_no_proxy_env(const EnvPairs& env, std::string_view pointer) {
  for (const auto& [name, value] : env) {
    const bool ours = std::ranges::any_of(
        proxy_env(), [&wanted = name](const auto& variable) { return variable.first == wanted; });
    if (!ours) continue;
    return fail_at(Errc::invalid_request, std::string{pointer} + "/" + name,
                   name + " is set by the server for a job with a network");
  }
  return {};
}

}  // namespace cex::policy
