// SPDX-License-Identifier: Apache-2.0
#include "core/outbound/url.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "core/base/text.hpp"

namespace cex::outbound {
namespace {

constexpr std::size_t kLongest = 2048;
constexpr std::uint16_t kHttps = 443;
constexpr std::uint16_t kHttp = 80;

tl::unexpected<Error> refuse(std::string why) {
  return fail(Errc::invalid_request, std::move(why));
}

// RFC 3986: pchar, '/' and '?'.
bool is_target(std::string_view text) {
  constexpr std::string_view kOthers = "-._~%!$&'()*+,;=:@/?";
  return std::ranges::all_of(text, [&](unsigned char c) {
    return c < 0x80U &&
           (std::isalnum(c) != 0 || kOthers.find(static_cast<char>(c)) != kOthers.npos);
  });
}

}  // namespace

std::string Url::text() const {
  std::string authority = to_string(destination);
  const std::string own = tls ? ":443" : ":80";
  if (destination.port == (tls ? kHttps : kHttp)) {
    authority.resize(authority.size() - own.size());
  }
  return (tls ? "https://" : "http://") + authority + target;
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kLongest) return refuse("is longer than 2048 bytes");
  Url url;
  const auto colon = text.find("://");
  const std::string scheme = ascii_lower(text.substr(0, std::min(colon, text.size())));
  if (colon == text.npos || (scheme != "https" && scheme != "http")) {
    return refuse("must begin with https:// or http://");
  }
  url.tls = scheme == "https";
  std::string_view rest = text.substr(colon + 3);
  if (rest.find('#') != rest.npos) return refuse("must not have a fragment");
  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, end);
  const std::string_view target = rest.substr(end);
  if (authority.find('@') != authority.npos) return refuse("must not have a user or password");
  if (!is_target(target)) return refuse("has a character that must be percent-encoded");
  url.target = target.starts_with('/') ? std::string{target} : "/" + std::string{target};
  const bool bracketed = authority.ends_with(']');
  const bool has_port = !bracketed && authority.rfind(':') != authority.npos;
  const std::string whole =
      std::string{authority} + (has_port ? "" : ":" + std::to_string(url.tls ? kHttps : kHttp));
  CEX_TRY(url.destination, parse_destination(whole));
  return url;
}

}  // namespace cex::outbound
