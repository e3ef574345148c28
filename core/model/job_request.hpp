// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/model/callback.hpp"
#include "core/model/file_set.hpp"
#include "core/model/interactive.hpp"
#include "core/model/limits.hpp"
#include "core/model/principal.hpp"

namespace cex {

/// How a test's stdout is held against the expected text.
enum class Compare : std::uint8_t { exact, trim, tokens, floats };

struct TestCase {
  std::string name;
  std::optional<std::string> stdin_bytes;  ///< absent: the job's stdin
  std::optional<std::vector<std::string>> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::optional<std::string> expected_stdout;  ///< absent: only the status counts
  Compare compare{Compare::trim};
  double epsilon{0};  ///< for Compare::floats: absolute or relative, whichever is kinder
  LimitsRequest limits;
};

/// What a client asked for, after strict parsing; nothing in it has been decided yet.
struct JobRequest {
  std::string language;               ///< id or alias
  std::string version{"*"};           ///< selector among installed toolchains
  std::optional<std::string> source;  ///< exactly one of source and files
  FileSet files;
  std::optional<std::string> entry;
  std::string stdin_bytes;
  std::optional<Interactive> interactive;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::vector<std::string> compile_args;
  std::vector<std::pair<std::string, std::string>> options;  ///< compile.options: id, value
  LimitsRequest compile_limits;
  LimitsRequest limits;
  std::vector<TestCase> tests;
  bool stop_on_failure{false};
  std::vector<std::string> network;    ///< network.allow: "HOST:PORT" each; empty: no network
  std::vector<std::string> artifacts;  ///< globs below the work folder
  std::vector<std::pair<std::string, std::string>> labels;
  std::optional<std::uint32_t> ttl_s;
  std::uint32_t priority{5};                           ///< 0 to 9 within the tenant, 9 first
  std::optional<std::chrono::milliseconds> max_queue;  ///< cancelled if not begun by then
  std::optional<CallbackAddress> callback;
};

/// A client's promise that requests with the same key are one request.
struct IdempotencyKey {
  std::string key;
  std::string body_sha256;  ///< tells a repetition from another use of the key
};

/// Who asked and what that one may ask for, for admission, the audit record and the logs.
struct RequestContext {
  std::string request_id;
  std::string trace_id;        ///< 32 hex digits
  std::string span_id;         ///< 16 hex digits: the span of this request, parent of its jobs'
  std::string caller_span_id;  ///< the caller's span that this request's is a child of, or empty
  bool sampled{false};         ///< its spans are exported
  std::string tenant{"local"};
  std::string key;   ///< prefix of the API key, or the token's subject; empty: none was asked for
  std::string peer;  ///< the client's address, as text
  Permit permit;
};

}  // namespace cex
