// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/redis_client.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>

#include "core/base/log.hpp"

namespace cex::cluster {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestPause{50};
constexpr milliseconds kLongestPause{2'000};

// Half to all of `pause`, so that the nodes do not come back in step.
milliseconds vary(milliseconds pause) {
  static thread_local std::minstd_rand dice{std::random_device{}()};
  return milliseconds{
      std::uniform_int_distribution<std::int64_t>{pause.count() / 2, pause.count()}(dice)};
}

bool says(const Error& error, std::string_view word) {
  return error.message.find(word) != std::string::npos;
}

}  // namespace

Result<std::unique_ptr<RedisClient>> RedisClient::open(const config::RedisSettings& settings) {
  auto client = std::unique_ptr<RedisClient>(new RedisClient);
  CEX_TRY(client->dialer_, RedisDialer::open(settings));
  client->prefix_ = settings.prefix;
  client->most_ = settings.connections;
  client->replicas_ = settings.replicas;
  return client;
}

RedisClient::~RedisClient() {
  stop();
}

void RedisClient::start() {
  static_cast<void>(come_up());
  keeper_ = std::thread{[this] { keep_connected(); }};
}

void RedisClient::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    up_ = false;
    why_down_ = "stopped";
  }
  changed_.notify_all();
  if (keeper_.joinable()) keeper_.join();
}

bool RedisClient::up() const {
  const std::lock_guard lock{mutex_};
  return up_;
}

bool RedisClient::wait_until_up(milliseconds patience) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, patience, [this] { return up_ || stopping_; });
  return up_;
}

std::string RedisClient::remark() const {
  const std::lock_guard lock{mutex_};
  return up_ ? shortcomings_ : why_down_;
}

void RedisClient::suspect(const std::string& reason) {
  std::uint64_t era = 0;
  {
    const std::lock_guard lock{mutex_};
    era = era_;
  }
  go_down(era, reason);
}

void RedisClient::go_down(std::uint64_t era, const std::string& reason) {
  {
    const std::lock_guard lock{mutex_};
    if (!up_ || era != era_ || stopping_) return;
    up_ = false;
    ++era_;
    why_down_ = reason;
    open_ -= static_cast<std::uint32_t>(idle_.size());
    idle_.clear();
  }
  changed_.notify_all();
  log::warning("redis: connection lost, no jobs are taken until it is back", {{"reason", reason}});
}

Result<void> RedisClient::load_scripts(RedisConnection& connection) {
  std::array<std::string, kScripts> names;
  for (std::size_t i = 0; i < kScripts; ++i) {
    CEX_TRY(const Reply name,
            connection.command({"SCRIPT", "LOAD", text_of(static_cast<Script>(i))}));
    names.at(i) = name.text;
  }
  const std::lock_guard lock{mutex_};
  names_ = std::move(names);
  return {};
}

bool RedisClient::come_up() {
  auto connection = dialer_.connect();
  Result<void> done;
  std::string missing;
  if (connection) {
    done = load_scripts(**connection);
    if (done) missing = shortcomings_of(**connection);
  } else {
    done = tl::unexpected(connection.error());
  }
  bool first = false;
  {
    const std::lock_guard lock{mutex_};
    if (stopping_) return false;
    if (!done) {
      why_down_ = done.error().message;
    } else {
      first = std::exchange(shortcomings_, missing) != missing;
      idle_.push_back(*std::move(connection));
      ++open_;
      up_ = true;
    }
  }
  if (!done) {
    log::warning("redis: no connection", {{"reason", done.error().message}});
    return false;
  }
  changed_.notify_all();
  log::info("redis: connected");
  if (first) log::warning("redis: not safe as it is set up", {{"reason", missing}});
  if (told_) told_();
  return true;
}

void RedisClient::keep_connected() {
  milliseconds pause = kShortestPause;
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (up_) {
      pause = kShortestPause;
      changed_.wait(lock, [this] { return !up_ || stopping_; });
      continue;
    }
    changed_.wait_for(lock, vary(pause), [this] { return stopping_; });
    if (stopping_) return;
    lock.unlock();
    static_cast<void>(come_up());
    lock.lock();
    pause = std::min(pause * 2, kLongestPause);
  }
}

Result<RedisClient::Taken> RedisClient::take() {
  Taken taken;
  {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, timeout(), [this] { return !up_ || !idle_.empty() || open_ < most_; });
    if (!up_) return fail(Errc::not_ready, "redis: " + why_down_);
    taken.era = era_;
    if (!idle_.empty()) {
      taken.connection = std::move(idle_.back());
      idle_.pop_back();
      return taken;
    }
    if (open_ >= most_) return fail(Errc::not_ready, "redis: all connections are busy");
    ++open_;
  }
  taken.fresh = true;
  auto connection = dialer_.connect();
  if (!connection) {
    give(std::move(taken));
    go_down(taken.era, connection.error().message);
    return tl::unexpected(std::move(connection).error());
  }
  taken.connection = *std::move(connection);
  return taken;
}

void RedisClient::give(Taken taken) {
  {
    const std::lock_guard lock{mutex_};
    if (taken.connection && taken.connection->usable() && taken.era == era_) {
      idle_.push_back(std::move(taken.connection));
    } else if (open_ > 0) {
      --open_;
    }
  }
  changed_.notify_all();
}

// Some refusals mean that this is the wrong server, or that it cannot do its work now.
Error RedisClient::judge(RedisConnection& connection, Error error) {
  if (connection.trouble() != Trouble::refused) return error;
  for (const std::string_view word : {"READONLY", "LOADING", "MASTERDOWN", "NOAUTH"}) {
    if (!says(error, word)) continue;
    suspect(error.message);
    return Error{Errc::not_ready, "redis: " + error.message, 0, {}, 0};
  }
  for (const std::string_view word : {"OOM ", "MISCONF", "BUSY ", "NOREPLICAS"}) {
    if (says(error, word)) return Error{Errc::not_ready, "redis: " + error.message, 0, {}, 0};
  }
  error.message.insert(0, "redis: ");
  return error;
}

Result<Reply> RedisClient::ask(const std::function<Result<Reply>(RedisConnection&)>& question) {
  while (true) {
    CEX_TRY(Taken taken, take());
    auto answer = question(*taken.connection);
    const Trouble trouble = taken.connection->trouble();
    const bool fresh = taken.fresh;
    const std::uint64_t era = taken.era;
    if (!answer) answer = tl::unexpected(judge(*taken.connection, std::move(answer).error()));
    give(std::move(taken));
    // Of a connection that lay idle this says little; of a new one, or of silence, all.
    if (trouble == Trouble::lost && !fresh) continue;
    if (trouble == Trouble::late || trouble == Trouble::lost) go_down(era, answer.error().message);
    return answer;
  }
}

Result<Reply> RedisClient::evaluate(RedisConnection& connection, Script script,
                                    const Words& arguments) {
  std::string name;
  {
    const std::lock_guard lock{mutex_};
    name = names_.at(static_cast<std::size_t>(script));
  }
  Words words{"EVALSHA", name, "1", prefix_};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto answer = connection.command(words);
  if (answer || connection.trouble() != Trouble::refused || !says(answer.error(), "NOSCRIPT")) {
    return answer;
  }
  words[0] = "EVAL";
  words[1] = text_of(script);
  return connection.command(words);
}

Result<Reply> RedisClient::run(Script script, const Words& arguments) {
  return ask([&](RedisConnection& connection) { return evaluate(connection, script, arguments); });
}

Result<Reply> RedisClient::run_safely(Script script, const Words& arguments) {
  if (replicas_ == 0) return run(script, arguments);
  return ask([&](RedisConnection& connection) -> Result<Reply> {
    CEX_TRY(Reply answer, evaluate(connection, script, arguments));
    const std::string wanted = std::to_string(replicas_);
    const std::string patience = std::to_string(timeout().count() / 2);
    CEX_TRY(const Reply have, connection.command({"WAIT", wanted, patience}));
    if (have.as_number().value_or(0) >= replicas_) return answer;
    return fail(Errc::not_ready, "redis: too few replicas have it");
  });
}

Result<Reply> RedisClient::command(const Words& words) {
  return ask([&](RedisConnection& connection) { return connection.command(words); });
}

}  // namespace cex::cluster
