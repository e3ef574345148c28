// SPDX-License-Identifier: Apache-2.0
#include "core/config/edge_keys.hpp"

#include "core/config/key_builders.hpp"

namespace cex::config {
namespace {

void add_webhooks(std::vector<Key>& t) {
  t.push_back(plain<std::vector<std::string>>(
      "webhooks.allow", Kind::list,
      "hosts that jobs may name in callback_url: \"hooks.example.org:443\", \"*.example.org:443\"; "
      "empty: no webhooks",
      [](auto& c) -> auto& { return c.webhooks.allow; }));
  t.push_back(plain<bool>(
      "webhooks.allow_http", Kind::boolean,
      "results may also go out without TLS, to http:// addresses of these hosts",
      [](auto& c) -> auto& { return c.webhooks.allow_http; }));
  t.push_back(plain<std::vector<std::string>>(
      "webhooks.permit_addresses", Kind::list,
      "addresses or blocks that may be called although they are private, local or the host's own",
      [](auto& c) -> auto& { return c.webhooks.permit_addresses; }));
  t.push_back(plain<std::string>(
      "webhooks.ca_file", Kind::text,
      "PEM file with the certificates that receivers' own descend from; empty: the system's",
      [](auto& c) -> auto& { return c.webhooks.ca_file; }));
  t.push_back(number(
      "webhooks.threads", Kind::integer, 1, 64, "deliveries at once",
      [](auto& c) -> auto& { return c.webhooks.threads; }));
  t.push_back(number(
      "webhooks.max_per_host", Kind::integer, 1, 64, "deliveries at once to one host",
      [](auto& c) -> auto& { return c.webhooks.max_per_host; }));
  t.push_back(number(
      "webhooks.max_per_tenant", Kind::integer, 1, 64, "deliveries at once for one tenant",
      [](auto& c) -> auto& { return c.webhooks.max_per_tenant; }));
  t.push_back(duration(
      "webhooks.connect_timeout_ms", 100, 60'000, "time for a connection to a receiver",
      [](auto& c) -> auto& { return c.webhooks.connect_timeout; }));
  t.push_back(duration(
      "webhooks.timeout_ms", 100, 600'000, "time for one try, name and answer included",
      [](auto& c) -> auto& { return c.webhooks.timeout; }));
  t.push_back(number(
      "webhooks.max_tries", Kind::integer, 1, 20, "tries before a webhook is given up",
      [](auto& c) -> auto& { return c.webhooks.max_tries; }));
  t.push_back(duration(
      "webhooks.retry_delay_ms", 10, 3'600'000,
      "wait before the second try, more or less a quarter; four times as long before each further "
      "one",
      [](auto& c) -> auto& { return c.webhooks.retry_delay; }));
}

void add_tokens(std::vector<Key>& t) {
  t.push_back(plain<std::string>(
      "tokens.issuer", Kind::text, "what `iss` of a token (JWT) must be",
      [](auto& c) -> auto& { return c.tokens.issuer; }));
  t.push_back(plain<std::string>(
      "tokens.audience", Kind::text, "what `aud` of a token must be or hold",
      [](auto& c) -> auto& { return c.tokens.audience; }));
  t.push_back(plain<std::string>(
      "tokens.hs256_key_file", Kind::text,
      "file with a secret shared with the issuer, or the name of a systemd credential",
      [](auto& c) -> auto& { return c.tokens.hs256_key_file; }));
  t.push_back(plain<std::vector<std::string>>(
      "tokens.public_key_files", Kind::list,
      "PEM files with keys of the issuer: RSA for RS256, P-256 for ES256",
      [](auto& c) -> auto& { return c.tokens.public_key_files; }));
  t.push_back(plain<std::string>(
      "tokens.jwks_uri", Kind::text, "where the issuer shows its keys (JWKS)",
      [](auto& c) -> auto& { return c.tokens.jwks_uri; }));
  t.push_back(plain<bool>(
      "tokens.discover", Kind::boolean,
      "ask ISSUER/.well-known/openid-configuration where its keys are",
      [](auto& c) -> auto& { return c.tokens.discover; }));
  t.push_back(plain<std::string>(
      "tokens.ca_file", Kind::text,
      "PEM file with the certificates that the issuer's own descends from; empty: the system's",
      [](auto& c) -> auto& { return c.tokens.ca_file; }));
  t.push_back(duration(
      "tokens.leeway_s", 0, 600, "seconds by which clocks may differ",
      [](auto& c) -> auto& { return c.tokens.leeway; }));
  t.push_back(plain<std::string>(
      "tokens.tenant", Kind::text, "tenant of all tokens; empty: what tokens.tenant_claim says",
      [](auto& c) -> auto& { return c.tokens.tenant; }));
  t.push_back(plain<std::string>(
      "tokens.tenant_claim", Kind::text, "claim that names the tenant",
      [](auto& c) -> auto& { return c.tokens.tenant_claim; }));
  t.push_back(plain<std::string>(
      "tokens.role_claim", Kind::text, "claim with the roles: a text or a list",
      [](auto& c) -> auto& { return c.tokens.role_claim; }));
  t.push_back(plain<std::vector<std::string>>(
      "tokens.roles", Kind::list,
      "what values of the claim mean: \"VALUE=run\" (or read, auditor, admin); other values mean "
      "nothing",
      [](auto& c) -> auto& { return c.tokens.roles; }));
  t.push_back(plain<std::string>(
      "tokens.languages_claim", Kind::text,
      "claim with the languages that jobs may be in; empty: all",
      [](auto& c) -> auto& { return c.tokens.languages_claim; }));
  t.push_back(plain<std::string>(
      "tokens.limits_claim", Kind::text,
      "claim with the largest limits, such as {\"wall_ms\": 2000}; empty: the server's own",
      [](auto& c) -> auto& { return c.tokens.limits_claim; }));
  t.push_back(plain<bool>(
      "tokens.network", Kind::boolean, "jobs of tokens may ask for a network",
      [](auto& c) -> auto& { return c.tokens.network; }));
}

void add_traces(std::vector<Key>& t) {
  t.push_back(plain<std::string>(
      "traces.endpoint", Kind::text,
      "collector of traces (OTLP over HTTP), such as http://127.0.0.1:4318; empty: none",
      [](auto& c) -> auto& { return c.traces.endpoint; }));
  t.push_back(plain<std::string>(
      "traces.service_name", Kind::text, "what this server is called in traces",
      [](auto& c) -> auto& { return c.traces.service_name; }));
  t.push_back(plain<std::string>(
      "traces.ca_file", Kind::text,
      "PEM file with the certificates that the collector's own descends from; empty: the system's",
      [](auto& c) -> auto& { return c.traces.ca_file; }));
  t.push_back(decimal(
      "traces.sample_ratio", 0, 1, "share of the requests without a traceparent that is traced",
      [](auto& c) -> auto& { return c.traces.sample_ratio; }));
  t.push_back(number(
      "traces.queue", Kind::integer, 64, 1'000'000, "spans that may wait; more are dropped",
      [](auto& c) -> auto& { return c.traces.queue; }));
}

}  // namespace

void add_edges(std::vector<Key>& t) {
  add_webhooks(t);
  add_tokens(t);
  add_traces(t);
}

}  // namespace cex::config
