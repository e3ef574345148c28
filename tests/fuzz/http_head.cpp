// SPDX-License-Identifier: Apache-2.0

// The gate's rules for a request's head against the parser behind the gate: what the rules let
// through, Poco must read as the same request with the same body. Two parsers that frame a stream
// differently are how requests are smuggled.
#include <cstdint>
#include <sstream>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequest.h>

#include "server/http/head_rules.hpp"
#include "server/http/query.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using cex::fuzz::require;
namespace http = cex::http;

void compare_with_poco(std::string_view head, const http::Framing& framing) {
  std::istringstream stream{std::string{head}};
  Poco::Net::HTTPRequest request;
  try {
    request.read(stream);
  } catch (const Poco::Exception&) {
    require(false, "what the rules let through can be parsed");
  }
  require(head.starts_with(request.getMethod() + " " + request.getURI() + " "), "one request line");
  const bool chunked = request.getChunkedTransferEncoding();
  require(chunked == (framing.kind == http::Framing::Kind::chunked), "one opinion about chunks");
  const bool length = request.hasContentLength();
  require(length == (framing.kind == http::Framing::Kind::length), "one opinion about a length");
  if (length) {
    require(request.getContentLength64() == static_cast<Poco::Int64>(framing.length),
            "one opinion about how long the body is");
  }
}

// No beginning of a good head may look broken, however it is cut into pieces.
void check_beginnings(std::string_view head) {
  for (std::size_t size = 0; size < head.size(); ++size) {
    require(!http::check_partial_head(head.substr(0, size)), "beginnings of a good head are good");
    require(!http::check_partial_head(head.substr(0, size), size / 2),
            "also looked at in two steps");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = cex::fuzz::text_of(data, size);
  const std::size_t end = bytes.find("\r\n\r\n");
  const std::string_view head = end == bytes.npos ? bytes : bytes.substr(0, end + 4);
  static_cast<void>(http::check_partial_head(bytes));
  const auto framing = http::check_head(head);
  if (framing && end != bytes.npos) {
    compare_with_poco(head, *framing);
    if (head.size() <= 2000) check_beginnings(head);
  }
  const std::size_t question = bytes.find('?');
  if (question != bytes.npos) {
    std::string_view rest = bytes.substr(question + 1);
    if (const auto query = http::parse_query(cex::fuzz::take_until(rest, ' '))) {
      for (const auto& [name, value] : *query) require(!name.empty(), "a parameter has a name");
    }
  }
  return 0;
}
