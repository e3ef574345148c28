// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/redis_dialer.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

#include "core/base/text.hpp"

namespace cex::cluster {
namespace {

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

Result<RedisDialer> RedisDialer::open(const config::RedisSettings& settings) {
  RedisDialer dialer;
  CEX_TRY(dialer.addresses_, parse_redis_addresses(settings.address));
  if (!settings.password_file.empty()) {
    CEX_TRY(dialer.password_, read_password(settings.password_file));
  }
  dialer.user_ = settings.user;
  dialer.database_ = settings.database;
  dialer.timeout_ = settings.timeout;
  return dialer;
}

Result<std::unique_ptr<RedisConnection>> RedisDialer::greet(const RedisAddress& address) const {
  CEX_TRY(auto connection, RedisConnection::open(address, timeout_));
  if (!password_.empty()) {
    using Words = std::vector<std::string_view>;
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

Result<std::unique_ptr<RedisConnection>> RedisDialer::connect() const {
  std::string reasons;
  for (const RedisAddress& address : addresses_) {
    auto connection = greet(address);
    if (connection) return connection;
    if (!reasons.empty()) reasons += "; ";
    reasons += connection.error().message;
  }
  return fail(Errc::not_ready, reasons);
}

// What would lose accepted jobs without a word.
std::string shortcomings_of(RedisConnection& connection) {
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

}  // namespace cex::cluster
