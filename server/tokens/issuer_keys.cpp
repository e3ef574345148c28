// SPDX-License-Identifier: Apache-2.0
#include "server/tokens/issuer_keys.hpp"

#include <algorithm>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/log.hpp"
#include "core/outbound/http_client.hpp"
#include "core/outbound/url.hpp"

namespace cex::tokens {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::minutes kBetweenTries{1};
constexpr std::chrono::minutes kFresh{10};
constexpr std::chrono::minutes kLongest{60};
constexpr milliseconds kConnectTime{3'000};
constexpr milliseconds kTime{5'000};
constexpr std::size_t kMaxDocument = std::size_t{256} << 10U;

// Keys that anybody on the way could change are worth nothing; on this machine there is no way.
Result<outbound::Url> trusted(const std::string& text) {
  CEX_TRY(auto url, outbound::parse_url(text));
  const std::string& host = url.destination.host;
  if (url.tls || host == "127.0.0.1" || host == "::1") return url;
  return fail(Errc::config, "keys are taken over https only");
}

Result<nlohmann::json> get(const std::string& address, const std::string& ca_file) {
  CEX_TRY(const outbound::Url url, trusted(address));
  outbound::Request request;
  request.url = url.text();
  request.headers = {{"Accept", "application/json"}, {"User-Agent", "code-executor"}};
  request.ca_file = ca_file;
  request.connect_timeout = kConnectTime;
  request.timeout = kTime;
  request.max_response_bytes = kMaxDocument;
  CEX_TRY(auto client, outbound::HttpClient::make());
  CEX_TRY(const auto response, client.exchange(request));
  if (response.status != 200) {
    return fail(Errc::system, "the issuer answered " + std::to_string(response.status));
  }
  return parse_json(response.body);
}

}  // namespace

IssuerKeys::IssuerKeys(const config::TokenSettings& settings,
                       std::function<void(bool good)> fetched)
    : settings_{settings},
      fetched_{std::move(fetched)},
      keys_{std::make_shared<const std::vector<PublicKey>>()} {}

std::vector<PublicKey> IssuerKeys::find(const std::string& algorithm, const std::string& id) {
  const auto matching = [&] {
    std::vector<PublicKey> found;
    const Keys keys = current();
    std::ranges::copy_if(*keys, std::back_inserter(found), [&](const PublicKey& key) {
      return key.algorithm == algorithm && (id.empty() || key.id == id);
    });
    return found;
  };
  auto found = matching();
  const bool missed = found.empty();
  if (!may_fetch(missed)) return found;
  // Whoever has a key does not wait for others to fetch newer ones.
  std::unique_lock lock{fetching_, std::defer_lock};
  if (missed) {
    lock.lock();
  } else if (!lock.try_lock()) {
    return found;
  }
  if (may_fetch(missed)) fetch(missed);
  return matching();
}

IssuerKeys::Keys IssuerKeys::current() const {
  const std::lock_guard lock{mutex_};
  const bool good = good_at_ != Clock::time_point{} && Clock::now() - good_at_ < kLongest;
  return good ? keys_ : std::make_shared<const std::vector<PublicKey>>();
}

bool IssuerKeys::may_fetch(bool missed) const {
  const std::lock_guard lock{mutex_};
  const auto now = Clock::now();
  if (tried_at_ != Clock::time_point{} && now - tried_at_ < kBetweenTries) return false;
  return missed || now - good_at_ >= kFresh;
}

void IssuerKeys::fetch(bool missed) {
  {
    const std::lock_guard lock{mutex_};
    tried_at_ = Clock::now();
  }
  auto keys = ask_issuer();
  fetched_(keys.has_value());
  if (!keys) {
    log::warning("the issuer's keys cannot be fetched",
                 {{"reason", keys.error().message}, {"missed", missed}});
    return;
  }
  log::info("the issuer's keys were fetched", {{"keys", std::uint64_t{keys->size()}}});
  const std::lock_guard lock{mutex_};
  keys_ = std::make_shared<const std::vector<PublicKey>>(*std::move(keys));
  good_at_ = Clock::now();
}

Result<std::vector<PublicKey>> IssuerKeys::ask_issuer() {
  CEX_TRY(const std::string address, where_keys_are());
  CEX_TRY(const auto document, get(address, settings_.ca_file));
  return keys_of_jwks(document);
}

// OpenID Connect Discovery 1.0, section 4: who answers must be who was asked for.
Result<std::string> IssuerKeys::where_keys_are() const {
  if (!settings_.discover) return settings_.jwks_uri;
  std::string base = settings_.issuer;
  while (base.ends_with('/')) base.pop_back();
  CEX_TRY(const auto document, get(base + "/.well-known/openid-configuration", settings_.ca_file));
  const bool shaped = document.is_object() && document.contains("jwks_uri") &&
                      document["jwks_uri"].is_string() && document.contains("issuer");
  if (!shaped || document["issuer"] != settings_.issuer) {
    return fail(Errc::config, "the discovery document is not this issuer's");
  }
  return document["jwks_uri"].get<std::string>();
}

}  // namespace cex::tokens
