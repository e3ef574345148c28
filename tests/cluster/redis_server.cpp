// SPDX-License-Identifier: Apache-2.0
#include "tests/cluster/redis_server.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "core/base/unique_fd.hpp"
#include "tests/api/raw_client.hpp"

namespace cex::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience{30'000};

}  // namespace

RedisServer::RedisServer(std::vector<std::string> more) : more_{std::move(more)} {
  ::signal(SIGPIPE, SIG_IGN);  // as every program of ours
  start();
}

RedisServer::~RedisServer() {
  kill();
}

config::RedisSettings RedisServer::settings() const {
  config::RedisSettings settings;
  settings.address = address();
  settings.heartbeat = milliseconds{300};
  settings.timeout = milliseconds{1'000};
  return settings;
}

void RedisServer::start() {
  std::vector<std::string> words{CEX_REDIS_SERVER,
                                 "--port",
                                 "0",
                                 "--unixsocket",
                                 socket(),
                                 "--unixsocketperm",
                                 "777",
                                 "--dir",
                                 folder(),
                                 "--save",
                                 "",
                                 "--appendonly",
                                 "yes",
                                 "--appendfsync",
                                 "always",
                                 "--maxmemory-policy",
                                 "noeviction",
                                 "--logfile",
                                 folder() + "/redis.log"};
  words.insert(words.end(), more_.begin(), more_.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) {
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  wait_until_it_answers();
}

void RedisServer::wait_until_it_answers() {
  const auto deadline = std::chrono::steady_clock::now() + patience(kPatience);
  while (true) {
    if (auto connection = cluster::RedisConnection::open({socket(), {}, 0}, milliseconds{1'000})) {
      const auto pong = (*connection)->command({"PING"});
      // With a password it is there, too.
      if (pong || pong.error().message.find("NOAUTH") != std::string::npos) return;
    }
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("redis-server does not answer");
    }
    std::this_thread::sleep_for(milliseconds{20});
  }
}

void RedisServer::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::freeze() {
  ::kill(pid_, SIGSTOP);
}

void RedisServer::thaw() {
  ::kill(pid_, SIGCONT);
}

cluster::Reply RedisServer::ask(const std::vector<std::string_view>& words) {
  auto connection = cluster::RedisConnection::open({socket(), {}, 0}, patience(kPatience));
  if (!connection) {
    ADD_FAILURE() << connection.error().message;
    return {};
  }
  auto reply = (*connection)->command(words);
  if (reply) return *std::move(reply);
  ADD_FAILURE() << words.front() << ": " << reply.error().message;
  return {};
}

std::uint16_t free_port() {
  const UniqueFd probe{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(probe.get(), plain, size) != 0 || ::getsockname(probe.get(), plain, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  return ntohs(address.sin_port);
}

}  // namespace cex::test
