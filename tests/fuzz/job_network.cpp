// SPDX-License-Identifier: Apache-2.0

// What a program in a box may say to the proxy of its network, and the texts that name
// destinations. The first byte chooses the reader, the rest is what it reads.
#include <algorithm>
#include <cstdint>

#include "core/base/ip_address.hpp"
#include "core/model/destination.hpp"
#include "core/network/client_hello.hpp"
#include "core/network/greeter.hpp"
#include "core/network/http_head.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using cex::fuzz::require;
namespace network = cex::network;
using State = network::Greeter::State;

struct Said {
  State state{State::listening};
  std::string host;
  std::uint16_t port{0};
  std::string head;
  std::string answer;
  std::size_t left{0};
};

// The words of a client, coming in pieces of `piece` bytes.
Said greet(std::string_view bytes, std::size_t piece) {
  network::Greeter greeter;
  network::ByteQueue in;
  network::ByteQueue out;
  Said said;
  while (said.state == State::listening && !bytes.empty()) {
    in.push(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    said.state = greeter.read(in, out);
  }
  said.host = greeter.host();
  said.port = greeter.port();
  said.head = greeter.head();
  said.answer = out.view();
  said.left = in.size() + bytes.size();
  if (said.state == State::refused) require(!greeter.why().empty(), "a refusal has a reason");
  return said;
}

void check_greeting(std::string_view bytes) {
  const Said whole = greet(bytes, bytes.size() + 1);
  const Said pieces = greet(bytes, 1);
  require(whole.state == pieces.state, "it does not matter how words are cut");
  if (whole.state != State::asked) return;
  require(whole.host == pieces.host && whole.port == pieces.port && whole.left == pieces.left,
          "nor for what they mean");
  require(whole.head == pieces.head && whole.answer == pieces.answer, "nor for what follows");
  if (whole.head.empty()) return;
  // What is sent on must be one head, and must say the same if it is read once more.
  require(whole.head.find("\r\n\r\n") == whole.head.size() - 4, "one head is sent on");
  require(std::ranges::none_of(
              whole.head,
              [](char c) {
                return (c >= 0 && c < ' ' && c != '\r' && c != '\n' && c != '\t') || c == '\x7f';
              }),
          "nothing but text is sent on");
}

void check_hello(std::string_view bytes) {
  const auto whole = network::read_client_hello(bytes);
  if (whole.progress != network::Progress::complete) {
    require(whole.server_name.empty() || whole.progress == network::Progress::malformed,
            "no name before the end");
    return;
  }
  std::size_t known = 0;
  while (true) {
    const auto part = network::read_client_hello(bytes.substr(0, known));
    if (part.progress == network::Progress::complete) {
      require(part.server_name == whole.server_name, "the name does not change");
      return;
    }
    require(part.progress == network::Progress::incomplete, "beginnings of a good hello are good");
    require(part.wanted > known && part.wanted <= bytes.size(), "it says how much it needs");
    known = part.wanted;
  }
}

void check_texts(std::string_view text) {
  if (const auto destination = cex::parse_destination(text)) {
    const auto again = cex::parse_destination(to_string(*destination));
    require(again && *again == *destination, "a destination has one form");
    require(destination->host.size() <= 253, "a host is bounded");
    const auto pattern = cex::parse_destination_pattern(text);
    require(pattern && pattern->matches(*destination), "a destination permits itself");
  }
  if (const auto pattern = cex::parse_destination_pattern(text)) {
    require(pattern->kind == cex::DestinationPattern::Kind::exact ||
                !pattern->matches({"127.0.0.1", pattern->destination.port}),
            "no star permits an address");
  }
  if (const auto address = cex::parse_ip(text)) {
    require(cex::parse_ip(cex::to_string(*address)) == address, "an address has one form");
  }
  if (const auto block = cex::parse_ip_block(text)) {
    require(block->contains(block->first), "a block contains its first address");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = cex::fuzz::text_of(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      check_greeting(bytes.substr(0, 20'000));
      break;
    case 1:
      check_hello(bytes);
      break;
    default:
      check_texts(bytes);
  }
  return 0;
}
