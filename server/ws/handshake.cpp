// SPDX-License-Identifier: Apache-2.0
#include "server/ws/handshake.hpp"

#include <algorithm>

#include <Poco/SHA1Engine.h>

#include "core/base/text.hpp"

namespace cex::ws {
namespace {

using http::Problem;
using http::ProblemKind;

constexpr std::string_view kVersion = "13";
constexpr std::size_t kKeyBytes = 16;

bool names(std::optional<std::string_view> field, std::string_view token) {
  const auto parts = split(field.value_or(""), ',');
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return ascii_lower(trim(part)) == token; });
}

// SHA-1 is no protection here: it shows that the server knows the protocol.
std::string accept_of(std::string_view key) {
  Poco::SHA1Engine sha1;
  sha1.update(std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  const auto& digest = sha1.digest();
  return base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

tl::expected<std::string, Problem> check_upgrade(const http::Request& request) {
  const bool asked = names(request.header("connection"), "upgrade") &&
                     names(request.header("upgrade"), "websocket");
  if (!asked || request.header("sec-websocket-version") != kVersion) {
    return tl::unexpected(
        Problem{.kind = ProblemKind::upgrade_required,
                .detail = "this is a WebSocket, version 13: ask with Upgrade: websocket",
                .errors = {},
                .headers = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}},
                .hidden = {}});
  }
  const std::string_view key = request.header("sec-websocket-key").value_or("");
  const auto bytes = base64_decode(key);
  if (!bytes || bytes->size() != kKeyBytes) {
    return tl::unexpected(Problem{.kind = ProblemKind::invalid_request,
                                  .detail = "Sec-WebSocket-Key must be 16 bytes in base64"});
  }
  return accept_of(key);
}

std::string render_upgrade(std::string_view accept, std::string_view request_id) {
  std::string head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n";
  head += "Connection: Upgrade\r\nSec-WebSocket-Accept: ";
  head += accept;
  head += "\r\nX-Request-Id: ";
  head += request_id;
  head += "\r\n\r\n";
  return head;
}

}  // namespace cex::ws
