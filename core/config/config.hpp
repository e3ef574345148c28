// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/log.hpp"
#include "core/model/limits.hpp"
#include "core/model/principal.hpp"

namespace cex::config {

/// Defaults and ceilings of one kind of step. Requests move between them, plugins' hints move the
/// defaults, nothing moves the ceilings but this file.
struct StepLimits {
  Limits defaults;
  Limits max;
};

struct ServerSettings {
  std::string listen{"127.0.0.1:8080"};  ///< HOST:PORT; port 0 lets the kernel choose
  std::string health_listen;             ///< HOST:PORT for /healthz and /readyz alone; empty: none
  std::string user;  ///< empty: code-executor, else the sudo caller, else nobody
  std::uint32_t max_connections{256};
  std::uint32_t max_connections_per_address{64};
  std::uint32_t max_streams{4096};  ///< clients that follow or wait for jobs, besides
  std::uint64_t max_body_bytes{std::uint64_t{16} << 20U};
  std::chrono::milliseconds header_timeout{10'000};  ///< whole header, not per read
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds drain_timeout{30'000};  ///< how long SIGTERM waits for running jobs
  Rate rate{0, 100};            ///< of all callers together; 0 a second: no bound
  std::string tls_certificate;  ///< PEM, the server's own first; empty: no TLS
  std::string tls_key;          ///< PEM, for its owner alone
};

struct SandboxSettings {
  std::uint32_t slots{0};        ///< jobs at once; 0 = number of CPUs
  std::uint32_t spare_slots{1};  ///< further slots, whose cells refill while others run
  /// Slots that were not needed for as long are given up, and opened again on demand; 0: never.
  std::chrono::seconds slot_idle{30};
  std::uint32_t uid_base{60700};                     ///< root mode: two ids a slot from here
  std::vector<std::string> toolchain_roots{"/usr"};  ///< visible in boxes, read-only
  std::chrono::seconds self_test_interval{60};
  std::uint64_t memory_bytes{0};  ///< for all running steps together; 0: what the machine has
  std::uint64_t memory_reserve_bytes{std::uint64_t{256} << 20U};  ///< for server and machine
  bool fresh_network{false};  ///< a new network namespace for each box, though the last is unused
  std::string cgroup_parent;  ///< folder below the hierarchy; empty: found automatically
  /// The one insecure switch: run without cgroup limits where the host offers none. Loopback only.
  bool insecure_no_cgroup_limits{false};
};

/// What jobs may reach, and how much of it. Off unless `allow` names something.
struct NetworkSettings {
  std::vector<std::string> allow;             ///< patterns of model/destination.hpp
  std::vector<std::string> permit_addresses;  ///< blocks that the address table would refuse
  std::vector<std::string> dns_servers;       ///< ADDRESS or ADDRESS:PORT; empty: the host's
  std::uint32_t max_entries{16};              ///< in one request
  std::uint32_t max_connections{16};          ///< of one run at once
  std::uint32_t max_total_connections{256};   ///< of one run
  std::uint64_t max_bytes{std::uint64_t{64} << 20U};  ///< of one run, both ways together
  std::chrono::milliseconds connect_timeout{10'000};  ///< from the first byte to the connection
  std::chrono::milliseconds idle_timeout{30'000};
};

/// Whom results may be sent to, and how. Off unless `allow` names something.
struct WebhookSettings {
  std::vector<std::string> allow;             ///< patterns of model/destination.hpp
  bool allow_http{false};                     ///< without TLS too
  std::vector<std::string> permit_addresses;  ///< blocks that the address table would refuse
  std::string ca_file;                        ///< PEM; empty: the system's
  std::uint32_t threads{4};
  std::uint32_t max_per_host{2};
  std::uint32_t max_per_tenant{2};
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds timeout{10'000};  ///< of one try
  std::uint32_t max_tries{3};
  std::chrono::milliseconds retry_delay{2'000};  ///< before the second try; then four times that
};

/// Tokens of others (JWT, OpenID Connect) that stand for API keys. Off unless a key is named.
struct TokenSettings {
  std::string issuer;                         ///< what `iss` must be
  std::string audience;                       ///< what `aud` must be or hold
  std::string hs256_key_file;                 ///< a secret shared with the issuer
  std::vector<std::string> public_key_files;  ///< PEM: RSA for RS256, P-256 for ES256
  std::string jwks_uri;                       ///< where the issuer shows its keys
  bool discover{false};                       ///< ask the issuer for jwks_uri
  std::string ca_file;                        ///< PEM, for that; empty: the system's
  std::chrono::seconds leeway{30};            ///< for clocks that differ
  std::string tenant;                         ///< of all tokens; empty: by tenant_claim
  std::string tenant_claim{"tenant"};
  std::string role_claim{"roles"};
  std::vector<std::string> roles;  ///< "VALUE=ROLE": what values of role_claim mean
  std::string languages_claim;     ///< ids that its jobs may be in; empty: not looked at
  std::string limits_claim;        ///< {"wall_ms": ...}: largest limits; empty: the same
  bool network{false};             ///< may its jobs ask for a network?

  [[nodiscard]] bool enabled() const noexcept {
    return discover || !hs256_key_file.empty() || !public_key_files.empty() || !jwks_uri.empty();
  }
};

/// Where spans go (OTLP over HTTP). Off without an endpoint.
struct TraceSettings {
  std::string endpoint;  ///< http://HOST:PORT; "/v1/traces" is added
  std::string service_name{"code-executor"};
  std::string ca_file;        ///< PEM; empty: the system's
  double sample_ratio{1};     ///< of requests that bring no decision with them
  std::uint32_t queue{2048};  ///< spans that may wait
};

/// What is made ahead of jobs.
enum class WarmUp : std::uint8_t { off, layers, full };
[[nodiscard]] std::string_view name_of(WarmUp mode) noexcept;

struct WarmUpSettings {
  WarmUp mode{WarmUp::full};
  std::uint64_t layers_max_bytes{std::uint64_t{2} << 30U};  ///< of all together, on the disk
  std::uint64_t layer_max_bytes{std::uint64_t{512} << 20U};
  std::uint32_t preboots{4};  ///< programs that may wait for their jobs together
  std::uint64_t preboots_max_bytes{std::uint64_t{256} << 20U};  ///< memory of all of them
};

struct CacheSettings {
  std::uint64_t compile_max_bytes{std::uint64_t{128} << 20U};  ///< in memory; 0: off
};

/// Where accepted jobs are kept.
enum class Backend : std::uint8_t {
  embedded,  ///< in the data folder: they survive the process
  memory,    ///< for tests and single runs
  redis,     ///< in a Redis or Valkey that several nodes share
};

/// What an accepted job survives.
enum class Durability : std::uint8_t {
  normal,  ///< the death of the server
  strict,  ///< the loss of power too: each commit waits for the disk
};

/// How this node reaches the Redis that it shares with others.
struct RedisSettings {
  /// HOST:PORT or unix:/PATH; several, separated by commas: the first that is a primary counts.
  std::string address{"127.0.0.1:6379"};
  std::string user;           ///< of an ACL; empty: the default user
  std::string password_file;  ///< or credential:NAME of systemd; empty: none is asked for
  std::uint32_t database{0};
  std::string prefix{"cex:"};  ///< of all keys, so that several services can share one Redis
  std::chrono::milliseconds heartbeat{5'000};  ///< a node that is silent for three of them is dead
  std::chrono::milliseconds timeout{2'000};    ///< of connecting and of each command
  std::uint32_t connections{16};               ///< of this node at most, besides one that listens
  std::uint32_t replicas{0};  ///< that must have an accepted job, or its result, before the answer
};

struct QueueSettings {
  Backend backend{Backend::embedded};
  Durability durability{Durability::normal};
  std::uint32_t max_jobs{1000};
  std::uint64_t max_bytes{std::uint64_t{256}
                          << 20U};        ///< sources, files and inputs of waiting jobs
  std::chrono::seconds max_wait{86'400};  ///< a job that has not begun by then is cancelled
  std::uint32_t max_attempts{3};          ///< at a job whose box fails through no fault of its own
  std::chrono::milliseconds retry_delay{200};  ///< before the second attempt; doubles with each
  RedisSettings redis;
};

struct ResultSettings {
  std::chrono::seconds ttl{600};
  std::chrono::seconds max_ttl{86'400};
  std::uint32_t max_jobs{10'000};
  std::uint64_t max_bytes{std::uint64_t{256} << 20U};
};

struct InteractiveSettings {
  std::chrono::milliseconds idle{300'000};  ///< without a word from either side
};

enum class PluginIsolation : std::uint8_t { foreign, all, none };

struct PluginSettings {
  std::vector<std::string> path;                ///< further folders, after the system's
  std::map<std::string, std::string> provider;  ///< language id -> plugin id, where two claim it
  std::vector<std::string> disabled;            ///< plugin ids
  PluginIsolation isolation{PluginIsolation::foreign};
};

enum class AuditSync : std::uint8_t { always, interval, off };

/// What happens to jobs when their records cannot be written.
enum class AuditFailure : std::uint8_t {
  refuse,   ///< no record, no job
  degrade,  ///< jobs go on; lost records are counted, and the log says so once it works again
};

struct AuditSettings {
  AuditSync sync{AuditSync::interval};
  AuditFailure on_failure{AuditFailure::refuse};
  std::chrono::seconds head_interval{60};  ///< between two log lines with the head
  std::uint64_t rotate_bytes{std::uint64_t{64} << 20U};
};

struct LogSettings {
  log::Level level{log::Level::info};
  log::Format format{log::Format::json};
};

/// What one language's section may narrow or move.
struct LanguageSettings {
  bool enabled{true};
  std::optional<WarmUp> warm_up;    ///< instead of warm_up.mode
  std::uint32_t max_concurrent{0};  ///< jobs at once; 0: no bound
  LimitsRequest run_defaults;
  LimitsRequest compile_defaults;
};

/// How one tenant shares the server with the others.
struct TenantSettings {
  double weight{1};                 ///< share of the slots' time, against the others'
  std::uint32_t max_running{0};     ///< 0: no bound of its own
  std::uint32_t max_waiting{0};     ///< 0: no bound of its own
  Rate rate{0, 100};                ///< 0 a second: no bound of its own
  std::string webhook_secret_file;  ///< signs its webhooks; empty: it has none
};

/// The whole configuration: an immutable value once loaded.
struct Config {
  std::string data_dir;  ///< holds audit/; made with mode 0700 where missing
  std::vector<std::string> roles{"api", "worker"};  ///< of this node
  ServerSettings server;
  SandboxSettings sandbox;
  NetworkSettings network;
  WebhookSettings webhooks;
  TokenSettings tokens;
  TraceSettings traces;
  WarmUpSettings warm_up;
  CacheSettings cache;
  QueueSettings queue;
  ResultSettings results;
  InteractiveSettings interactive;
  PluginSettings plugins;
  AuditSettings audit;
  LogSettings log;
  StepLimits run;
  StepLimits compile;
  std::uint32_t max_tests{1000};
  std::map<std::string, LanguageSettings> languages;
  std::map<std::string, TenantSettings> tenants;  ///< "default": of those without a section

  [[nodiscard]] bool takes_requests() const;  ///< it has the role "api"
  [[nodiscard]] bool runs_jobs() const;       ///< it has the role "worker"
  /// What holds for one language: its own mode, or that of all.
  [[nodiscard]] WarmUp warm_up_of(const std::string& language) const;
  [[nodiscard]] const TenantSettings& tenant_of(const std::string& name) const;
};

/// The built-in values, with ceilings that suit this machine (CPUs, memory).
[[nodiscard]] Config defaults();

}  // namespace cex::config
