// SPDX-License-Identifier: Apache-2.0

// A connection's bytes through the socket that guards Poco's parser, once as they come and once in
// small pieces: what is answered must not depend on how the network cut the stream.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include <Poco/Net/StreamSocket.h>

#include "core/base/unique_fd.hpp"
#include "server/http/guarded_socket.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using cex::fuzz::require;
namespace http = cex::http;

constexpr std::size_t kMaxPieces = 100;  // each costs kernel memory, of which a socket has little
constexpr std::size_t kMaxStream = 80'000;

struct Passed {
  std::string bytes;
  bool refused{false};
};

Passed pass(std::string_view stream, std::size_t piece, int read_size) {
  int ends[2];
  // Messages keep their borders: each receive sees one piece.
  require(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
  const cex::UniqueFd client{ends[0]};
  auto settings = std::make_shared<http::GuardSettings>();
  settings->answer = [](const http::Refusal& refusal) { return "refused: " + refusal.detail; };
  auto* guarded = new http::GuardedSocket{ends[1], settings};
  const Poco::Net::StreamSocket owner{guarded};
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
    const std::string_view part = stream.substr(0, piece);
    require(::send(client.get(), part.data(), part.size(), 0) == static_cast<ssize_t>(part.size()),
            "the socket has room for the stream");
  }
  ::shutdown(client.get(), SHUT_WR);
  Passed passed;
  std::array<char, 4096> buffer{};
  for (int count = 1; count > 0;) {
    count = guarded->receiveBytes(buffer.data(), read_size, 0);
    require(count >= 0 && count <= read_size, "no more bytes than were asked for");
    passed.bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
  passed.refused = guarded->refusal().has_value() ||
                   ::recv(client.get(), buffer.data(), buffer.size(), MSG_DONTWAIT) > 0;
  return passed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream = cex::fuzz::text_of(data + 1, std::min(size - 1, kMaxStream));
  const std::size_t piece = std::max<std::size_t>(data[0] % 64 + 1, stream.size() / kMaxPieces + 1);
  const Passed whole = pass(stream, 16 * 1024, 4096);
  const Passed split = pass(stream, piece, 7);
  require(stream.starts_with(whole.bytes), "nothing is let through but what came");
  require(stream.starts_with(split.bytes), "neither in pieces");
  require(whole.refused == split.refused, "the same streams are refused, however they were cut");
  // Of a body that turns out to be broken, what came before in pieces of its own has passed
  // already.
  if (!whole.refused) require(whole.bytes == split.bytes, "and the same bytes pass");
  return 0;
}
