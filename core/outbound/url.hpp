// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/model/destination.hpp"

namespace cex::outbound {

/// An address of the web in the one form that this server takes.
struct Url {
  bool tls{true};
  Destination destination;  ///< the host as normal_host() writes it
  std::string target;       ///< path and query, begins with '/'

  /// The whole, with the port where it is not the scheme's own.
  [[nodiscard]] std::string text() const;
};

/// Reads `http://` and `https://` addresses of at most 2048 bytes. Parsed once and by this parser
/// alone: user info, fragments, characters outside RFC 3986, backslashes, and numbers that some
/// resolvers take for addresses are refused. Errors: invalid_request, without the text.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

}  // namespace cex::outbound
