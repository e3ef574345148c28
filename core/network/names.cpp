// SPDX-License-Identifier: Apache-2.0
#include "core/network/names.hpp"

#include <ares.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

#include "core/base/text.hpp"

namespace cex::network {
namespace {

constexpr int kTimeoutMs = 2'000;  // of the first try; the library doubles it for each further one
constexpr int kTries = 2;

/// The library's own initialisation, which is not thread-safe, once.
bool library_is_ready() {
  static const bool ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return ready;
}

std::optional<IpAddress> address_of(const ares_addrinfo_node& node) {
  IpAddress address;
  if (node.ai_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, node.ai_addr, sizeof(in));
    std::memcpy(address.bytes.data(), &in.sin_addr, sizeof(in.sin_addr));
    return address;
  }
  if (node.ai_family != AF_INET6) return {};
  sockaddr_in6 in6{};
  std::memcpy(&in6, node.ai_addr, sizeof(in6));
  address.v6 = true;
  std::memcpy(address.bytes.data(), &in6.sin6_addr, sizeof(in6.sin6_addr));
  return address;
}

}  // namespace

struct Names::Library {
  ares_channel channel{nullptr};
  bool alive{true};  // false: the channel is being destroyed and tells its searches so

  ~Library() {
    alive = false;
    if (channel != nullptr) ares_destroy(channel);
  }

  struct Sockets {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> fds{};
    std::array<short, ARES_GETSOCK_MAXNUM> events{};
    std::size_t count{0};
  };
  [[nodiscard]] Sockets sockets() const {
    Sockets made;
    const auto bits =
        static_cast<unsigned>(ares_getsock(channel, made.fds.data(), ARES_GETSOCK_MAXNUM));
    for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
      short events = 0;
      if ((bits >> i & 1U) != 0) events |= POLLIN;
      if ((bits >> (i + ARES_GETSOCK_MAXNUM) & 1U) != 0) events |= POLLOUT;
      if (events == 0) break;
      made.events.at(made.count++) = events;
    }
    return made;
  }
};

struct Names::Search {
  Names* names;
  Library* library;
  std::string name;

  /// The library calls this exactly once for each search, also when its channel ends.
  static void done(void* self, int status, int /*timeouts*/, ares_addrinfo* found) {
    const std::unique_ptr<Search> search{static_cast<Search*>(self)};
    const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> owned{found,
                                                                             &ares_freeaddrinfo};
    if (!search->library->alive) return;
    Answer answer;
    const ares_addrinfo_node* node = found == nullptr ? nullptr : found->nodes;
    for (; node != nullptr && answer.addresses.size() < kMaxAddresses; node = node->ai_next) {
      if (const auto address = address_of(*node)) answer.addresses.push_back(*address);
    }
    if (answer.addresses.empty()) {
      answer.failure = status == ARES_SUCCESS ? "it has no address" : ares_strerror(status);
    }
    search->names->answers_[search->name] = std::move(answer);
  }
};

Names::Names(std::unique_ptr<Library> library) : library_{std::move(library)} {}
Names::~Names() = default;

Result<std::unique_ptr<Names>> Names::make(const std::vector<std::string>& servers) {
  if (!library_is_ready()) return fail(Errc::system, "the resolver library cannot be used");
  auto library = std::make_unique<Library>();
  ares_options options{};
  // Names stand for themselves: no search domains, no aliases of the server's user.
  options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
  options.timeout = kTimeoutMs;
  options.tries = kTries;
  const int status = ares_init_options(&library->channel, &options,
                                       ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
  if (status != ARES_SUCCESS) {
    library->channel = nullptr;
    return fail(Errc::system, std::string{"resolver: "} + ares_strerror(status));
  }
  if (!servers.empty()) {
    const int set = ares_set_servers_ports_csv(library->channel, join(servers, ",").c_str());
    if (set != ARES_SUCCESS) {
      return fail(Errc::system, std::string{"network.dns_servers: "} + ares_strerror(set));
    }
  }
  return std::unique_ptr<Names>{new Names{std::move(library)}};
}

void Names::look_up(const std::string& name) {
  const auto known = answers_.find(name);
  const bool failed = known != answers_.end() && known->second && known->second->addresses.empty();
  if (known != answers_.end() && !failed) return;
  answers_[name].reset();
  auto search = std::make_unique<Search>(Search{this, library_.get(), name});
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  // The library would order them by opening sockets; the order does not matter here.
  hints.ai_flags = ARES_AI_NOSORT;
  ares_getaddrinfo(library_->channel, name.c_str(), nullptr, &hints, &Search::done,
                   search.release());
}

const Names::Answer* Names::answer(const std::string& name) const {
  const auto known = answers_.find(name);
  return known != answers_.end() && known->second ? &*known->second : nullptr;
}

void Names::add_waits(std::vector<pollfd>& waits) const {
  const auto sockets = library_->sockets();
  for (std::size_t i = 0; i < sockets.count; ++i) {
    waits.push_back({sockets.fds.at(i), sockets.events.at(i), 0});
  }
}

std::optional<std::chrono::milliseconds> Names::patience() const {
  timeval storage{};
  const timeval* next = ares_timeout(library_->channel, nullptr, &storage);
  if (next == nullptr) return {};
  return std::chrono::milliseconds{next->tv_sec * 1000 + next->tv_usec / 1000 + 1};
}

void Names::process(std::span<const pollfd> waits) {
  for (const pollfd& wait : waits) {
    if (wait.revents == 0) continue;
    const bool readable = (wait.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
    const bool writable = (wait.revents & POLLOUT) != 0;
    ares_process_fd(library_->channel, readable ? wait.fd : ARES_SOCKET_BAD,
                    writable ? wait.fd : ARES_SOCKET_BAD);
  }
  ares_process_fd(library_->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what has timed out
}

}  // namespace cex::network
