// SPDX-License-Identifier: Apache-2.0
#include "server/http/auth.hpp"

#include <algorithm>

#include "core/base/ip_address.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"

namespace cex::http {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLookInterval{1};
constexpr std::size_t kMaxCredentialBytes = 8192;
constexpr Rate kGuesses{1, 20};  // wrong keys from one address

Problem unauthenticated(std::string detail) {
  return {.kind = ProblemKind::unauthenticated,
          .detail = std::move(detail),
          .errors = {},
          .headers = {{"WWW-Authenticate", "Bearer realm=\"code-executor\""}},
          .hidden = {}};
}

/// What the caller shows: the token of `Authorization: Bearer`, or `X-API-Key`.
tl::expected<std::optional<std::string_view>, Problem> credential_of(const Request& request) {
  const auto authorization = request.header("authorization");
  const auto key = request.header("x-api-key");
  if (authorization && key) {
    return tl::unexpected(
        unauthenticated("send the key in Authorization or in X-API-Key, not in both"));
  }
  std::optional<std::string_view> credential = key;
  if (authorization) {
    constexpr std::string_view kScheme = "bearer ";
    if (authorization->size() < kScheme.size() ||
        ascii_lower(authorization->substr(0, kScheme.size())) != kScheme) {
      return tl::unexpected(unauthenticated("Authorization must be: Bearer KEY"));
    }
    credential = trim(authorization->substr(kScheme.size()));
  }
  if (credential && credential->size() > kMaxCredentialBytes) {
    return tl::unexpected(unauthenticated("no key is as long as that"));
  }
  return credential;
}

/// The address of PEER ("ADDRESS:PORT"), of IPv6 the network, which one caller has as a whole.
std::string address_of(std::string_view peer) {
  std::string_view host = peer.substr(0, peer.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  auto address = parse_ip(host);
  if (!address) return std::string{host};
  constexpr std::size_t kNetworkBytes = 8;
  if (address->v6) std::fill(address->bytes.begin() + kNetworkBytes, address->bytes.end(), 0);
  return to_string(*address);
}

Role role_for(Access access) {
  switch (access) {
    case Access::run:
      return Role::run;
    case Access::auditor:
      return Role::auditor;
    case Access::admin:
      return Role::admin;
    case Access::open:
    case Access::read:
      break;
  }
  return Role::read;
}

Principal everybody() {
  Principal principal;
  principal.roles = {Role::admin};
  return principal;
}

}  // namespace

Result<void> Doorkeeper::open() {
  const std::string stamp = keys_.stamp();
  CEX_TRY(auto ring, keys_.ring());
  const std::lock_guard lock{mutex_};
  ring_ = std::move(ring);
  stamp_ = stamp;
  return {};
}

std::shared_ptr<const access::KeyRing> Doorkeeper::ring() const {
  const std::lock_guard lock{mutex_};
  return ring_;
}

// The keys as they were at most `age` ago.
std::shared_ptr<const access::KeyRing> Doorkeeper::fresh_ring(std::chrono::seconds age) {
  const std::lock_guard one_reader{reading_};
  const auto now = steady_clock::now();
  if (age.count() > 0 && now - looked_at_ < age) return ring();
  looked_at_ = now;
  if (keys_.stamp() == stamp_) return ring();
  // A file that cannot be read changes nothing: keys that were good stay so until it is mended.
  if (const auto opened = open(); !opened) {
    log::error("the keys cannot be read again; those known before still hold",
               {{"reason", opened.error().message}});
  }
  return ring();
}

tl::expected<Principal, Problem> Doorkeeper::identify(const Request& request) {
  const auto credential = credential_of(request);
  if (!credential) return tl::unexpected(credential.error());
  const auto ring = fresh_ring(kLookInterval);
  const bool anybody = ring->empty() && !tokens_;
  if (anybody && strangers_ == Strangers::welcome && !*credential) return everybody();
  if (!*credential) {
    return tl::unexpected(unauthenticated(
        anybody ? "this server has no keys yet: its operator makes one with `cex key create`"
                : "send an API key: Authorization: Bearer KEY"));
  }
  auto principal = verify(**credential, *ring);
  if (!principal) {
    if (const auto newest = fresh_ring(std::chrono::seconds{0}); newest != ring) {
      principal = verify(**credential, *newest);
    }
  }
  if (principal) return *std::move(principal);
  if (auto problem = count_guess(request.context.peer)) return tl::unexpected(std::move(*problem));
  log::info("a key was refused", {{"request_id", request.context.request_id},
                                  {"peer", request.context.peer},
                                  {"reason", principal.error().message}});
  return tl::unexpected(unauthenticated("this key is not valid here"));
}

Result<Principal> Doorkeeper::verify(std::string_view credential, const access::KeyRing& ring) {
  const auto now = std::chrono::system_clock::now();
  const bool token = tokens_ && tokens::looks_like_token(credential);
  auto principal = token ? tokens_->verify(credential, now) : ring.verify(credential, now);
  if (metrics_ != nullptr) {
    metrics_->identified(token ? "token" : "key", principal ? "good" : "bad");
  }
  return principal;
}

// A good key is let in however many wrong ones its neighbours behind one address try.
std::optional<Problem> Doorkeeper::count_guess(const std::string& peer) {
  if (guesses_.take(address_of(peer), kGuesses, 1, steady_clock::now()).allowed) {
    return std::nullopt;
  }
  return Problem{.kind = ProblemKind::rate_limited,
                 .detail = "too many keys from this address were wrong",
                 .errors = {},
                 .headers = {{"Retry-After", "1"}},
                 .hidden = {}};
}

std::optional<Problem> Doorkeeper::check_rates(const Principal& principal) {
  const auto now = steady_clock::now();
  const auto check = [&](const std::string& name, const char* policy,
                         const Rate& rate) -> std::optional<Problem> {
    if (rate.per_second <= 0) return std::nullopt;
    const auto state = limiter_.take(name, rate, 1, now);
    if (state.allowed) return std::nullopt;
    const std::string seconds = std::to_string(std::max(state.reset_s, 1U));
    return Problem{.kind = ProblemKind::rate_limited,
                   .detail = std::string{"more requests than the rate of "} + policy + " allows",
                   .errors = {},
                   .headers = {{"Retry-After", seconds},
                               {"RateLimit-Limit", std::to_string(state.limit)},
                               {"RateLimit-Remaining", std::to_string(state.remaining)},
                               {"RateLimit-Reset", seconds}},
                   .hidden = {}};
  };
  if (principal.rate) {
    if (auto problem = check("key " + principal.key, "this key", *principal.rate)) return problem;
  }
  const Rate tenant = rates_.of_tenant(principal.tenant);
  if (auto problem = check("tenant " + principal.tenant, "this tenant", tenant)) return problem;
  return check("all", "this server", rates_.all());
}

tl::expected<Principal, Problem> Doorkeeper::admit(const Request& request, Access access) {
  auto principal = identify(request);
  if (!principal) return principal;
  const Role role = role_for(access);
  if (!principal->has(role)) {
    return tl::unexpected(Problem{
        .kind = ProblemKind::forbidden,
        .detail = "this key does not have the role `" + std::string{to_string(role)} + "`"});
  }
  if (auto problem = check_rates(*principal)) return tl::unexpected(std::move(*problem));
  return principal;
}

}  // namespace cex::http
