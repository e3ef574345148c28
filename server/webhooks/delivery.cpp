// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks/delivery.hpp"

#include "core/base/hmac.hpp"
#include "core/network/address_table.hpp"
#include "core/network/look_up.hpp"
#include "core/outbound/http_client.hpp"

namespace cex::webhooks {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMaxAnswer = std::size_t{4} << 10U;

}  // namespace

std::string signature(const std::string& secret, WallTime now, const std::string& body) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const std::string time = std::to_string(seconds);
  return "t=" + time + ",v1=" + hmac_sha256_hex(secret, time + "." + body);
}

Delivery::Delivery(const config::WebhookSettings& settings, std::vector<std::string> dns_servers)
    : settings_{settings}, dns_servers_{std::move(dns_servers)} {
  for (const std::string& text : settings_.permit_addresses) {
    if (const auto block = parse_ip_block(text)) permitted_.push_back(*block);
  }
}

// One bad address among good ones is no accident: the name is refused as a whole.
Result<std::vector<IpAddress>> Delivery::addresses_of(const std::string& host,
                                                      steady_clock::time_point deadline,
                                                      const std::atomic<bool>& stop) const {
  CEX_TRY(auto addresses, network::look_up(host, {dns_servers_, deadline, &stop}));
  for (const IpAddress& address : addresses) {
    if (const std::string why = network::why_refused(address, permitted_); !why.empty()) {
      return fail(Errc::forbidden, to_string(address) + ": " + why);
    }
  }
  return addresses;
}

Result<void> Delivery::attempt(const Parcel& parcel, const std::atomic<bool>& stop) const {
  const auto deadline = steady_clock::now() + settings_.timeout;
  outbound::Request request;
  CEX_TRY(request.addresses, addresses_of(parcel.url.destination.host, deadline, stop));
  request.url = parcel.url.text();
  request.post = true;
  request.body = parcel.body;
  request.headers = {
      {"Content-Type", "application/json"},
      {"User-Agent", "code-executor"},
      {"X-Cex-Job", parcel.job},
      {"X-Cex-Attempt", std::to_string(parcel.attempt)},
      {"X-Cex-Signature",
       signature(parcel.secret, std::chrono::system_clock::now(), parcel.body)}};
  request.ca_file = settings_.ca_file;
  request.connect_timeout = settings_.connect_timeout;
  request.timeout = std::max(milliseconds{1}, std::chrono::duration_cast<milliseconds>(
                                                  deadline - steady_clock::now()));
  request.max_response_bytes = kMaxAnswer;
  request.excess = outbound::Excess::drop;
  request.stop = &stop;
  CEX_TRY(auto client, outbound::HttpClient::make());
  CEX_TRY(const auto response, client.exchange(request));
  if (response.status >= 200 && response.status < 300) return {};
  return fail(Errc::system, "the receiver answered " + std::to_string(response.status) +
                                (response.status >= 300 && response.status < 400
                                     ? ", and redirects are not followed"
                                     : ""));
}

}  // namespace cex::webhooks
