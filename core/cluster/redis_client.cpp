// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/redis_client.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <utility>

#include "core/base/log.hpp"
#include "core/base/text.hpp"

namespace cex::cluster {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestPause{50};
constexpr milliseconds kLongestPause{2'000};
constexpr std::size_t kLongestPassword = 4096;

Result<std::string> read_password(const std::string& file) {
  constexpr std::string_view kCredential = "credential:";
  std::string path = file;
  if (file.starts_with(kCredential)) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr) {
      return fail(Errc::config, "queue.redis.password_file: " + file +
                                    " is a systemd credential, and systemd passed none");
    }
    path = std::string{folder} + "/" + file.substr(kCredential.size());
  }
  std::ifstream stream{path, std::ios::binary};
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream || text.str().size() > kLongestPassword) {
    return fail(Errc::config, "queue.redis.password_file: cannot read " + path);
  }
  std::string password = text.str();
  while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) {
    password.pop_back();
  }
  if (password.empty()) return fail(Errc::config, "queue.redis.password_file: empty: " + path);
  return password;
}

// Half to all of `pause`, so that the nodes do not come back in step.
milliseconds vary(milliseconds pause) {
  static thread_local std::minstd_rand dice{std::random_device{}()};
  return milliseconds{
      std::uniform_int_distribution<std::int64_t>{pause.count() / 2, pause.count()}(dice)};
}

bool says(const Error& error, std::string_view word) {
  return error.message.find(word) != std::string::npos;
}

/// The value of "name:value" among the lines of INFO.
std::string_view fact(std::string_view info, std::string_view name) {
  for (const std::string_view line : split(info, '\n')) {
    const std::string_view text = trim(line);
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == ':') {
      return text.substr(name.size() + 1);
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<RedisClient>> RedisClient::open(const config::RedisSettings& settings) {
  auto client = std::unique_ptr<RedisClient>(new RedisClient);
  CEX_TRY(client->addresses_, parse_redis_addresses(settings.address));
  if (!settings.password_file.empty()) {
    CEX_TRY(client->password_, read_password(settings.password_file));
  }
  client->user_ = settings.user;
  client->database_ = settings.database;
  client->prefix_ = settings.prefix;
  client->timeout_ = settings.timeout;
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

Result<RedisClient::Connection> RedisClient::greet(const RedisAddress& address) const {
  CEX_TRY(Connection connection, RedisConnection::open(address, timeout_));
  if (!password_.empty()) {
    const Words words = user_.empty() ? Words{"AUTH", password_} : Words{"AUTH", user_, password_};
    if (const auto done = connection->command(words); !done) {
      return in("redis at " + address.text() + " refuses the password", done.error());
    }
  }
  if (database_ != 0) {
    const std::string number = std::to_string(database_);
    CEX_CHECK(connection->command({"SELECT", number}));
  }
  // A replica would answer what is old and refuse what is new.
  const auto role = connection->command({"ROLE"});
  if (!role) return in("redis at " + address.text(), role.error());
  if ((*role)[0].as_text() != "master") {
    return fail(Errc::not_ready, "redis at " + address.text() + " is not a primary");
  }
  return connection;
}

Result<RedisClient::Connection> RedisClient::connect() {
  std::string reasons;
  for (const RedisAddress& address : addresses_) {
    auto connection = greet(address);
    if (connection) return connection;
    if (!reasons.empty()) reasons += "; ";
    reasons += connection.error().message;
  }
  return fail(Errc::not_ready, reasons);
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

// What would lose accepted jobs without a word.
std::string RedisClient::shortcomings(RedisConnection& connection) const {
  const auto memory = connection.command({"INFO", "memory"});
  const auto persistence = connection.command({"INFO", "persistence"});
  if (!memory || !persistence) return {};
  std::string found;
  const std::string_view policy = fact(memory->text, "maxmemory_policy");
  if (fact(memory->text, "maxmemory") != "0" && policy != "noeviction") {
    found = "maxmemory-policy is " + printable(policy) + ": it may drop jobs; set noeviction";
  }
  if (fact(persistence->text, "aof_enabled") == "0") {
    found += std::string{found.empty() ? "" : "; "} +
             "appendonly is off: jobs are lost when it restarts; set appendonly yes";
  }
  return found;
}

bool RedisClient::come_up() {
  auto connection = connect();
  Result<void> done;
  std::string missing;
  if (connection) {
    done = load_scripts(**connection);
    if (done) missing = shortcomings(**connection);
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
    changed_.wait_for(lock, timeout_, [this] { return !up_ || !idle_.empty() || open_ < most_; });
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
  auto connection = connect();
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
    const std::string patience = std::to_string(timeout_.count() / 2);
    CEX_TRY(const Reply have, connection.command({"WAIT", wanted, patience}));
    if (have.as_number().value_or(0) >= replicas_) return answer;
    return fail(Errc::not_ready, "redis: too few replicas have it");
  });
}

Result<Reply> RedisClient::command(const Words& words) {
  return ask([&](RedisConnection& connection) { return connection.command(words); });
}

}  // namespace cex::cluster
