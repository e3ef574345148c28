// SPDX-License-Identifier: Apache-2.0
#include "core/network/greeter.hpp"

#include "core/network/http_head.hpp"
#include "core/network/socks.hpp"

namespace cex::network {

Greeter::State Greeter::read(ByteQueue& in, ByteQueue& out) {
  if (in.empty()) return State::listening;
  if (protocol_ == Protocol::unknown) {
    const char first = in.view().front();
    const bool letter = (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
    if (first != socks::kVersion && !letter) return refuse("neither HTTP nor SOCKS5");
    protocol_ = first == socks::kVersion ? Protocol::socks : Protocol::http;
  }
  return protocol_ == Protocol::socks ? read_socks(in, out) : read_http(in, out);
}

Greeter::State Greeter::read_socks(ByteQueue& in, ByteQueue& out) {
  if (!greeted_) {
    const auto greeting = socks::read_greeting(in.view());
    if (greeting.progress == Progress::incomplete) return State::listening;
    if (greeting.progress == Progress::malformed) return refuse("malformed SOCKS greeting");
    in.drop(greeting.size);
    greeted_ = true;
    out.push(socks::choose_method(greeting.without_authentication));
    if (!greeting.without_authentication) return refuse("SOCKS with authentication");
  }
  const auto request = socks::read_request(in.view());
  if (request.progress == Progress::incomplete) return State::listening;
  if (request.progress == Progress::malformed) {
    out.push(socks::render(socks::Reply::general_failure));
    return refuse("malformed SOCKS request");
  }
  in.drop(request.size);
  host_ = request.host;
  port_ = request.port;
  if (request.command == socks::kConnect) return State::asked;
  out.push(socks::render(socks::Reply::command_not_supported));
  return refuse("SOCKS command " + std::to_string(request.command) + " (only CONNECT is there)");
}

Greeter::State Greeter::read_http(ByteQueue& in, ByteQueue& out) {
  const bool whole = http_head_is_whole(in.view(), seen_);
  seen_ = in.size();
  if (!whole) return State::listening;
  auto request = read_http_request(in.view());
  if (request.progress != Progress::complete) {
    out.push(render_refusal(request.status, request.reason));
    return refuse(request.reason);
  }
  in.drop(request.size);
  host_ = std::move(request.host);
  port_ = request.port;
  tunnel_ = request.tunnel;
  head_ = std::move(request.head);
  body_size_ = request.body_size;
  return State::asked;
}

Greeter::State Greeter::refuse(std::string why) {
  why_ = std::move(why);
  return State::refused;
}

std::string Greeter::yes() const {
  if (protocol_ == Protocol::socks) return socks::render(socks::Reply::succeeded);
  return tunnel_ ? "HTTP/1.1 200 Connection established\r\n\r\n" : "";
}

std::string Greeter::no(Trouble trouble, const std::string& why) const {
  if (protocol_ == Protocol::socks) {
    return socks::render(trouble == Trouble::forbidden ? socks::Reply::not_allowed
                                                       : socks::Reply::host_unreachable);
  }
  int status = 403;
  if (trouble == Trouble::unreachable) status = 502;
  if (trouble == Trouble::timed_out) status = 504;
  return render_refusal(status, why);
}

}  // namespace cex::network
