// SPDX-License-Identifier: Apache-2.0
#include "core/config/keys.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "core/config/edge_keys.hpp"
#include "core/config/key_builders.hpp"
#include "core/config/queue_keys.hpp"
#include "core/config/warm_keys.hpp"
#include "core/model/limit_fields.hpp"

namespace cex::config {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kDay = 86'400;

Kind kind_of(const LimitField& field) {
  if (is_milli(field)) return Kind::decimal;
  return field.name.ends_with("_bytes") ? Kind::bytes : Kind::integer;
}

std::int64_t max_of(const LimitField& field) {
  return field.name.ends_with("_bytes") ? kManyBytes : 100 * kMillion;
}

std::uint64_t to_units(const LimitField& field, const Value& value) {
  if (is_milli(field))
    return static_cast<std::uint64_t>(std::lround(std::get<double>(value) * 1000));
  return static_cast<std::uint64_t>(std::get<std::int64_t>(value));
}

Value from_units(const LimitField& field, std::uint64_t units) {
  if (is_milli(field)) return static_cast<double>(units) / 1000.0;
  return static_cast<std::int64_t>(units);
}

Key limit_key(const std::string& prefix, std::string_view what, const LimitField& field) {
  const std::string name{field.name};
  return live({prefix + "." + name,
               kind_of(field),
               static_cast<std::int64_t>(field.minimum),
               max_of(field),
               {},
               std::string{what} + " " + name,
               {},
               {}});
}

template <class LimitsOf>
void add_limits(std::vector<Key>& table, const std::string& prefix, std::string_view what,
                LimitsOf limits_of) {
  for (const LimitField& field : kLimitFields) {
    Key key = limit_key(prefix, what, field);
    key.set = [&field, limits_of](Config& config, const Value& value) {
      field.set(limits_of(config), to_units(field, value));
    };
    key.get = [&field, limits_of](const Config& config) {
      return from_units(field, field.get(limits_of(config)));
    };
    table.push_back(std::move(key));
  }
}

template <class RequestOf>
void add_language_limits(std::vector<Key>& table, const std::string& prefix, const std::string& id,
                         RequestOf request_of) {
  for (const LimitField& field : kLimitFields) {
    Key key = limit_key(prefix, "this language's default", field);
    key.set = [&field, id, request_of](Config& config, const Value& value) {
      field.ask(request_of(config.languages[id]), to_units(field, value));
    };
    key.get = [&field, id, request_of](const Config& config) {
      const auto found = config.languages.find(id);
      if (found == config.languages.end()) return Value{std::string{}};
      const auto asked = field.asked(request_of(found->second));
      return asked ? from_units(field, *asked) : Value{std::string{}};
    };
    table.push_back(std::move(key));
  }
}

void add_server(std::vector<Key>& t) {
  t.push_back(plain<std::string>(
      "data_dir", Kind::text, "folder that holds the audit log",
      [](auto& c) -> auto& { return c.data_dir; }));
  t.back().is_folder = true;
  t.push_back(plain<std::vector<std::string>>(
      "roles", Kind::list, "what this node does: api takes requests, worker runs jobs",
      [](auto& c) -> auto& { return c.roles; }));
  t.push_back(plain<std::string>(
      "server.listen", Kind::text, "HOST:PORT to listen on; port 0 lets the kernel choose",
      [](auto& c) -> auto& { return c.server.listen; }));
  t.push_back(plain<std::string>(
      "server.health_listen", Kind::text,
      "a further HOST:PORT that answers /healthz and /readyz however busy the other is; empty: "
      "none",
      [](auto& c) -> auto& { return c.server.health_listen; }));
  t.push_back(plain<std::string>(
      "server.user", Kind::text,
      "user to become when started as root; empty: code-executor, else the sudo caller, else "
      "nobody",
      [](auto& c) -> auto& { return c.server.user; }));
  t.push_back(number(
      "server.max_connections", Kind::integer, 1, 65'536, "connections at once",
      [](auto& c) -> auto& { return c.server.max_connections; }));
  t.push_back(number(
      "server.max_connections_per_address", Kind::integer, 1, 65'536,
      "connections at once from one address",
      [](auto& c) -> auto& { return c.server.max_connections_per_address; }));
  t.push_back(number(
      "server.max_streams", Kind::integer, 1, 65'536,
      "event streams, WebSockets and waits at once; they take no thread each",
      [](auto& c) -> auto& { return c.server.max_streams; }));
  t.push_back(number(
      "server.max_body_bytes", Kind::bytes, 1024, std::int64_t{1} << 30U, "largest request body",
      [](auto& c) -> auto& { return c.server.max_body_bytes; }));
  t.push_back(duration(
      "server.header_timeout_ms", 100, 600'000, "time for a whole request header",
      [](auto& c) -> auto& { return c.server.header_timeout; }));
  t.push_back(duration(
      "server.body_timeout_ms", 100, 600'000, "time for a whole request body",
      [](auto& c) -> auto& { return c.server.body_timeout; }));
  t.push_back(live(duration(
      "server.drain_timeout_ms", 0, 3'600'000, "how long a stopping server waits for running jobs",
      [](auto& c) -> auto& { return c.server.drain_timeout; })));
}

void add_tls(std::vector<Key>& t) {
  t.push_back(plain<std::string>(
      "server.tls_certificate", Kind::text,
      "PEM file with the server's certificate and those between it and the root; empty: no TLS",
      [](auto& c) -> auto& { return c.server.tls_certificate; }));
  t.push_back(plain<std::string>(
      "server.tls_key", Kind::text,
      "PEM file with its key, for its owner alone, or the name of a systemd credential",
      [](auto& c) -> auto& { return c.server.tls_key; }));
}

void add_sandbox(std::vector<Key>& t) {
  t.push_back(number(
      "sandbox.slots", Kind::integer, 0, 1024, "jobs at once; 0: one for each CPU",
      [](auto& c) -> auto& { return c.sandbox.slots; }));
  t.push_back(number(
      "sandbox.spare_slots", Kind::integer, 0, 1024,
      "further slots whose boxes are made while others run; without it: one for each CPU",
      [](auto& c) -> auto& { return c.sandbox.spare_slots; }));
  t.push_back(duration(
      "sandbox.slot_idle_s", 0, kDay,
      "seconds after which slots that nobody needed are given up, until somebody does; 0: never",
      [](auto& c) -> auto& { return c.sandbox.slot_idle; }));
  t.push_back(number(
      "sandbox.uid_base", Kind::integer, 1000, 4'000'000'000,
      "started as root: first of the user ids that jobs run as",
      [](auto& c) -> auto& { return c.sandbox.uid_base; }));
  t.push_back(plain<std::vector<std::string>>(
      "sandbox.toolchain_roots", Kind::list, "folders that boxes see, read-only",
      [](auto& c) -> auto& { return c.sandbox.toolchain_roots; }));
  t.push_back(duration(
      "sandbox.self_test_interval_s", 1, kDay,
      "seconds between two self-tests, which take a slot for some milliseconds",
      [](auto& c) -> auto& { return c.sandbox.self_test_interval; }));
  t.push_back(number(
      "sandbox.memory_bytes", Kind::bytes, 0, kManyBytes,
      "memory of all running steps together, a step that does not fit waits; 0: all but the "
      "reserve",
      [](auto& c) -> auto& { return c.sandbox.memory_bytes; }));
  t.push_back(number(
      "sandbox.memory_reserve_bytes", Kind::bytes, 0, kManyBytes,
      "memory that jobs never get: the server's own and the machine's",
      [](auto& c) -> auto& { return c.sandbox.memory_reserve_bytes; }));
  t.push_back(plain<bool>(
      "sandbox.fresh_network", Kind::boolean,
      "a new network namespace for each box, even where the last job left its own untouched",
      [](auto& c) -> auto& { return c.sandbox.fresh_network; }));
  t.push_back(plain<std::string>(
      "sandbox.cgroup_parent", Kind::text, "cgroup to work below; empty: found automatically",
      [](auto& c) -> auto& { return c.sandbox.cgroup_parent; }));
  t.push_back(plain<bool>(
      "sandbox.insecure_no_cgroup_limits", Kind::boolean,
      "INSECURE: run without memory, CPU and process limits; loopback only",
      [](auto& c) -> auto& { return c.sandbox.insecure_no_cgroup_limits; }));
}

void add_network(std::vector<Key>& t) {
  t.push_back(live(plain<std::vector<std::string>>(
      "network.allow", Kind::list,
      "what jobs may ask to reach: \"example.org:443\", \"*.example.org:443\", \"*:443\"; "
      "empty: no network for jobs",
      [](auto& c) -> auto& { return c.network.allow; })));
  t.push_back(live(plain<std::vector<std::string>>(
      "network.permit_addresses", Kind::list,
      "addresses or blocks that jobs may reach although they are private, local or the host's own",
      [](auto& c) -> auto& { return c.network.permit_addresses; })));
  t.push_back(live(plain<std::vector<std::string>>(
      "network.dns_servers", Kind::list,
      "ADDRESS or ADDRESS:PORT of the resolvers to ask for jobs; empty: those of the host",
      [](auto& c) -> auto& { return c.network.dns_servers; })));
  t.push_back(live(number(
      "network.max_entries", Kind::integer, 1, 256, "destinations that one job may list",
      [](auto& c) -> auto& { return c.network.max_entries; })));
  t.push_back(live(number(
      "network.max_connections", Kind::integer, 1, 256, "connections of one run at once",
      [](auto& c) -> auto& { return c.network.max_connections; })));
  t.push_back(live(number(
      "network.max_total_connections", Kind::integer, 1, kMillion, "connections of one run",
      [](auto& c) -> auto& { return c.network.max_total_connections; })));
  t.push_back(live(number(
      "network.max_bytes", Kind::bytes, 1024, kManyBytes,
      "bytes that one run may send and receive together",
      [](auto& c) -> auto& { return c.network.max_bytes; })));
  t.push_back(live(duration(
      "network.connect_timeout_ms", 100, 600'000,
      "time from a program's first byte to its connection",
      [](auto& c) -> auto& { return c.network.connect_timeout; })));
  t.push_back(live(duration(
      "network.idle_timeout_ms", 100, 3'600'000,
      "time without a byte after which a connection ends",
      [](auto& c) -> auto& { return c.network.idle_timeout; })));
}

void add_plugins(std::vector<Key>& t) {
  t.push_back(plain<std::vector<std::string>>(
      "plugins.path", Kind::list, "further plugin folders, after the system's",
      [](auto& c) -> auto& { return c.plugins.path; }));
  t.back().is_folder = true;
  t.push_back(plain<std::vector<std::string>>(
      "plugins.disabled", Kind::list, "ids of plugins not to load",
      [](auto& c) -> auto& { return c.plugins.disabled; }));
  t.push_back(choice(
      "plugins.isolation",
      std::array{std::pair{std::string_view{"foreign"}, PluginIsolation::foreign},
                 std::pair{std::string_view{"all"}, PluginIsolation::all},
                 std::pair{std::string_view{"none"}, PluginIsolation::none}},
      "which native plugins get a process of their own: those in other hands than root's, all, or "
      "none",
      [](auto& c) -> auto& { return c.plugins.isolation; }));
}

void add_records(std::vector<Key>& t) {
  t.push_back(choice(
      "audit.sync",
      std::array{std::pair{std::string_view{"always"}, AuditSync::always},
                 std::pair{std::string_view{"interval"}, AuditSync::interval},
                 std::pair{std::string_view{"off"}, AuditSync::off}},
      "when audit records are forced to the disk: before each answer, once a second, "
      "or when the kernel likes",
      [](auto& c) -> auto& { return c.audit.sync; }));
  t.push_back(choice(
      "audit.on_failure",
      std::array{std::pair{std::string_view{"refuse"}, AuditFailure::refuse},
                 std::pair{std::string_view{"degrade"}, AuditFailure::degrade}},
      "when audit records cannot be written: refuse jobs, or run them and count what is lost",
      [](auto& c) -> auto& { return c.audit.on_failure; }));
  t.push_back(duration(
      "audit.head_interval_s", 1, kDay,
      "seconds between two log lines with the head of the audit log, where it moved",
      [](auto& c) -> auto& { return c.audit.head_interval; }));
  t.push_back(number(
      "audit.rotate_bytes", Kind::bytes, 1 << 16, kManyBytes,
      "size at which a new audit file begins",
      [](auto& c) -> auto& { return c.audit.rotate_bytes; }));
  t.push_back(live(choice(
      "log.level",
      std::array{std::pair{std::string_view{"debug"}, log::Level::debug},
                 std::pair{std::string_view{"info"}, log::Level::info},
                 std::pair{std::string_view{"warning"}, log::Level::warning},
                 std::pair{std::string_view{"error"}, log::Level::error}},
      "least important level that is logged", [](auto& c) -> auto& { return c.log.level; })));
  t.push_back(choice(
      "log.format",
      std::array{std::pair{std::string_view{"json"}, log::Format::json},
                 std::pair{std::string_view{"text"}, log::Format::text}},
      "form of a log line", [](auto& c) -> auto& { return c.log.format; }));
}

void add_all_limits(std::vector<Key>& t) {
  t.push_back(live(number(
      "limits.max_tests", Kind::integer, 1, 100'000, "tests of one job",
      [](auto& c) -> auto& { return c.max_tests; })));
  add_limits(
      t, "limits.run.default", "a run's default", [](auto& c) -> auto& { return c.run.defaults; });
  add_limits(
      t, "limits.run.max", "a run's largest", [](auto& c) -> auto& { return c.run.max; });
  add_limits(
      t, "limits.compile.default", "a compilation's default",
      [](auto& c) -> auto& { return c.compile.defaults; });
  add_limits(
      t, "limits.compile.max", "a compilation's largest",
      [](auto& c) -> auto& { return c.compile.max; });
}

}  // namespace

const std::vector<Key>& keys() {
  static const std::vector<Key> table = [] {
    std::vector<Key> made;
    add_server(made);
    add_tls(made);
    add_sandbox(made);
    add_network(made);
    add_edges(made);
    add_ahead(made);
    add_queue(made);
    add_plugins(made);
    add_records(made);
    add_all_limits(made);
    return made;
  }();
  return table;
}

std::vector<Key> language_keys(const std::string& id) {
  std::vector<Key> table;
  const std::string prefix = "languages." + id;
  Key enabled{
      prefix + ".enabled", Kind::boolean, 0, 0, {}, "false: refuse jobs in this language", {}, {}};
  enabled.set = [id](Config& config, const Value& value) {
    config.languages[id].enabled = std::get<bool>(value);
  };
  enabled.get = [id](const Config& config) {
    const auto found = config.languages.find(id);
    return Value{found == config.languages.end() || found->second.enabled};
  };
  table.push_back(std::move(enabled));
  table.push_back(warm_up_key(prefix, id));
  table.push_back(max_concurrent_key(prefix, id));
  add_language_limits(
      table, prefix + ".run", id, [](auto& l) -> auto& { return l.run_defaults; });
  add_language_limits(
      table, prefix + ".compile", id, [](auto& l) -> auto& { return l.compile_defaults; });
  return table;
}

}  // namespace cex::config
