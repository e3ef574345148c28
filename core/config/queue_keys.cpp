// SPDX-License-Identifier: Apache-2.0
#include "core/config/queue_keys.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "core/config/key_builders.hpp"

namespace cex::config {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kDay = 86'400;

void add_redis(std::vector<Key>& t) {
  t.push_back(plain<std::string>(
      "queue.redis.address", Kind::text,
      "HOST:PORT or unix:/PATH; several, separated by commas: the first that is a primary counts",
      [](auto& c) -> auto& { return c.queue.redis.address; }));
  t.push_back(plain<std::string>(
      "queue.redis.user", Kind::text, "user of an ACL; empty: the default user",
      [](auto& c) -> auto& { return c.queue.redis.user; }));
  t.push_back(plain<std::string>(
      "queue.redis.password_file", Kind::text,
      "file with the password, or credential:NAME of systemd; empty: none is asked for",
      [](auto& c) -> auto& { return c.queue.redis.password_file; }));
  t.push_back(number(
      "queue.redis.database", Kind::integer, 0, 1024, "number of the database",
      [](auto& c) -> auto& { return c.queue.redis.database; }));
  t.push_back(plain<std::string>(
      "queue.redis.prefix", Kind::text, "what the names of all keys begin with",
      [](auto& c) -> auto& { return c.queue.redis.prefix; }));
  t.push_back(duration(
      "queue.redis.heartbeat_ms", 100, 60'000,
      "how often a node says that it lives; after three of them without, its jobs go to others",
      [](auto& c) -> auto& { return c.queue.redis.heartbeat; }));
  t.push_back(duration(
      "queue.redis.timeout_ms", 50, 60'000, "longest wait for a connection and for an answer",
      [](auto& c) -> auto& { return c.queue.redis.timeout; }));
  t.push_back(number(
      "queue.redis.connections", Kind::integer, 2, 1024,
      "connections of this node at most, besides one that listens",
      [](auto& c) -> auto& { return c.queue.redis.connections; }));
  t.push_back(number(
      "queue.redis.replicas", Kind::integer, 0, 16,
      "replicas that must have an accepted job, or its result, before anybody is told",
      [](auto& c) -> auto& { return c.queue.redis.replicas; }));
}

}  // namespace

void add_queue(std::vector<Key>& t) {
  t.push_back(choice(
      "queue.backend",
      std::array{std::pair{std::string_view{"embedded"}, Backend::embedded},
                 std::pair{std::string_view{"memory"}, Backend::memory},
                 std::pair{std::string_view{"redis"}, Backend::redis}},
      "where accepted jobs are kept: in the data folder, where they survive a crash, in memory, or "
      "in a Redis that several nodes share",
      [](auto& c) -> auto& { return c.queue.backend; }));
  t.push_back(choice(
      "queue.durability",
      std::array{std::pair{std::string_view{"normal"}, Durability::normal},
                 std::pair{std::string_view{"strict"}, Durability::strict}},
      "what an accepted job survives: the death of the server, or the loss of power too",
      [](auto& c) -> auto& { return c.queue.durability; }));
  t.push_back(live(duration(
      "queue.max_wait_s", 1, 30 * kDay, "seconds after which a job that has not begun is cancelled",
      [](auto& c) -> auto& { return c.queue.max_wait; })));
  t.push_back(live(number(
      "queue.max_attempts", Kind::integer, 1, 100,
      "attempts at a job whose box fails, or whose server dies, through no fault of its own",
      [](auto& c) -> auto& { return c.queue.max_attempts; })));
  t.push_back(live(duration(
      "queue.retry_delay_ms", 1, 600'000,
      "wait before the second attempt; doubles with each further one",
      [](auto& c) -> auto& { return c.queue.retry_delay; })));
  t.push_back(live(number(
      "queue.max_jobs", Kind::integer, 1, kMillion, "jobs that may wait",
      [](auto& c) -> auto& { return c.queue.max_jobs; })));
  t.push_back(live(number(
      "queue.max_bytes", Kind::bytes, 1 << 20, kManyBytes,
      "bytes of sources, files and inputs of waiting jobs",
      [](auto& c) -> auto& { return c.queue.max_bytes; })));
  add_redis(t);
  t.push_back(live(duration(
      "results.ttl_s", 1, 30 * kDay, "seconds a result stays readable",
      [](auto& c) -> auto& { return c.results.ttl; })));
  t.push_back(live(duration(
      "results.max_ttl_s", 1, 30 * kDay, "largest ttl_s a request may ask for",
      [](auto& c) -> auto& { return c.results.max_ttl; })));
  t.push_back(live(number(
      "results.max_jobs", Kind::integer, 1, kMillion, "results kept at once",
      [](auto& c) -> auto& { return c.results.max_jobs; })));
  t.push_back(live(number(
      "results.max_bytes", Kind::bytes, 1 << 20, kManyBytes, "bytes of results kept at once",
      [](auto& c) -> auto& { return c.results.max_bytes; })));
  t.push_back(duration(
      "interactive.idle_ms", 100, 24 * 3'600'000,
      "time after which an interactive run is ended in which neither its clients nor its program "
      "said anything",
      [](auto& c) -> auto& { return c.interactive.idle; }));
  t.push_back(live(decimal(
      "server.rate_per_s", 0, kMillion, "requests a second of all callers together; 0: no bound",
      [](auto& c) -> auto& { return c.server.rate.per_second; })));
  t.push_back(live(number(
      "server.rate_burst", Kind::integer, 1, kMillion,
      "requests that may come at once after a pause",
      [](auto& c) -> auto& { return c.server.rate.burst; })));
}

Key max_concurrent_key(const std::string& prefix, const std::string& id) {
  Key key{prefix + ".max_concurrent",
          Kind::integer,
          0,
          1024,
          {},
          "jobs in this language at once; 0: as many as there are slots",
          {},
          {}};
  key.reloadable = true;
  key.set = [id](Config& config, const Value& value) {
    config.languages[id].max_concurrent = static_cast<std::uint32_t>(std::get<std::int64_t>(value));
  };
  key.get = [id](const Config& config) {
    const auto found = config.languages.find(id);
    return Value{found == config.languages.end() ? std::int64_t{0}
                                                 : std::int64_t{found->second.max_concurrent}};
  };
  return key;
}

bool is_tenant_name(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  return !name.empty() && name.size() <= kLongest && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

std::vector<Key> tenant_keys(const std::string& name) {
  const std::string prefix = "tenants." + name + ".";
  const auto tenant = [name](auto& config) -> auto& {
    // Reading makes no section: only what a file names is printed and asked for.
    return config.tenants.at(name);
  };
  std::vector<Key> t;
  t.push_back(decimal(
      prefix + "weight", 0.001, 1000,
      "share of the slots' time, against the other tenants'", [tenant](auto& c) -> auto& {
        return tenant(c).weight;
      }));
  t.push_back(number(
      prefix + "max_running", Kind::integer, 0, 1024,
      "its jobs at once; 0: no bound of its own", [tenant](auto& c) -> auto& {
        return tenant(c).max_running;
      }));
  t.push_back(number(
      prefix + "max_waiting", Kind::integer, 0, kMillion,
      "its jobs that may wait; 0: as many as the queue takes", [tenant](auto& c) -> auto& {
        return tenant(c).max_waiting;
      }));
  t.push_back(decimal(
      prefix + "rate_per_s", 0, kMillion,
      "its requests a second; 0: no bound of its own", [tenant](auto& c) -> auto& {
        return tenant(c).rate.per_second;
      }));
  t.push_back(number(
      prefix + "rate_burst", Kind::integer, 1, kMillion,
      "its requests that may come at once after a pause", [tenant](auto& c) -> auto& {
        return tenant(c).rate.burst;
      }));
  t.push_back(plain<std::string>(
      prefix + "webhook_secret_file", Kind::text,
      "file with the secret that signs its webhooks, or the name of a systemd credential; empty: "
      "it "
      "has no webhooks",
      [tenant](auto& c) -> auto& { return tenant(c).webhook_secret_file; }));
  for (Key& key : t) {
    key.reloadable = true;
    key.set = [name, set = key.set](Config& config, const Value& value) {
      config.tenants.try_emplace(name);
      set(config, value);
    };
  }
  return t;
}

bool Config::takes_requests() const {
  return std::ranges::find(roles, "api") != roles.end();
}

bool Config::runs_jobs() const {
  return std::ranges::find(roles, "worker") != roles.end();
}

const TenantSettings& Config::tenant_of(const std::string& name) const {
  static const TenantSettings kNone;
  const auto own = tenants.find(name);
  if (own != tenants.end()) return own->second;
  const auto all = tenants.find("default");
  return all != tenants.end() ? all->second : kNone;
}

}  // namespace cex::config
