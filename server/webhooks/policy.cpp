// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks/policy.hpp"

#include <algorithm>

#include "core/base/secret_file.hpp"

namespace cex::webhooks {
namespace {

constexpr const char* kPointer = "/callback_url";

}  // namespace

Result<Policy> Policy::make(const config::Config& config) {
  Policy policy;
  for (const std::string& text : config.webhooks.allow) {
    CEX_TRY(DestinationPattern pattern, parse_destination_pattern(text));
    policy.allow_.push_back(std::move(pattern));
  }
  policy.allow_http_ = config.webhooks.allow_http;
  for (const auto& [name, tenant] : config.tenants) {
    std::string& secret = policy.secrets_[name];
    if (tenant.webhook_secret_file.empty()) continue;
    auto read = read_secret(tenant.webhook_secret_file);
    if (!read) return in("tenants." + name + ".webhook_secret_file", std::move(read).error());
    secret = *std::move(read);
  }
  return policy;
}

Result<outbound::Url> Policy::check(const std::string& tenant, const std::string& url) const {
  if (allow_.empty()) return fail_at(Errc::forbidden, kPointer, "this server sends no webhooks");
  auto parsed = outbound::parse_url(url);
  if (!parsed) return fail_at(Errc::invalid_request, kPointer, parsed.error().message);
  if (!parsed->tls && !allow_http_) {
    return fail_at(Errc::forbidden, kPointer, "must begin with https://");
  }
  const bool listed = std::ranges::any_of(allow_, [&](const DestinationPattern& pattern) {
    return pattern.matches(parsed->destination);
  });
  if (!listed) {
    return fail_at(Errc::forbidden, kPointer,
                   "the operator does not permit webhooks to this host and port");
  }
  if (secret_of(tenant).empty()) {
    return fail_at(Errc::forbidden, kPointer, "there is no secret to sign your webhooks with");
  }
  return *std::move(parsed);
}

const std::string& Policy::secret_of(const std::string& tenant) const {
  static const std::string kNone;
  auto found = secrets_.find(tenant);
  if (found == secrets_.end()) found = secrets_.find("default");
  return found == secrets_.end() ? kNone : found->second;
}

}  // namespace cex::webhooks
