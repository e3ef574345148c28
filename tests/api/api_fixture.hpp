// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/api/daemon_process.hpp"
#include "tests/api/raw_client.hpp"

namespace cex::test {

using nlohmann::json;
using Headers = std::vector<std::pair<std::string, std::string>>;

/// Talks to one daemon, a fresh connection for each request.
class Api {
 public:
  explicit Api(std::uint16_t port) : port_{port} {}

  [[nodiscard]] RawClient connect() const { return RawClient{port_}; }
  [[nodiscard]] HttpResponse request(const std::string& method, const std::string& target,
                                     const std::optional<std::string>& body = {},
                                     const Headers& headers = {}) const;
  [[nodiscard]] HttpResponse get(const std::string& target, const Headers& headers = {}) const {
    return request("GET", target, {}, headers);
  }
  [[nodiscard]] HttpResponse post_job(const json& job, const std::string& query = "") const {
    return request("POST", "/v1/jobs" + query, job.dump());
  }
  /// Submits, waits for the end however slow the machine, and returns the job object.
  [[nodiscard]] json run(const json& job) const;
  /// Submits without waiting and returns the id.
  [[nodiscard]] std::string submit(const json& job) const;
  /// Waits until the job has ended.
  [[nodiscard]] json finished(const std::string& id) const;

 private:
  std::uint16_t port_;
};

/// The request bytes for one request on a connection of its own.
[[nodiscard]] std::string render_request(const std::string& method, const std::string& target,
                                         const std::optional<std::string>& body,
                                         const Headers& headers);

/// The parsed body; fails the test (and gives null) where it is no JSON.
[[nodiscard]] json body_of(const HttpResponse& response);

/// Expects a problem document with this status and code.
void expect_problem(const HttpResponse& response, int status, const std::string& code);

/// Waits until it does, for a minute at most on a machine of usual speed.
[[nodiscard]] bool comes_true(const std::function<bool()>& what);

/// Limits in milliseconds grow with CEX_TEST_TIME_FACTOR.
[[nodiscard]] long scaled_ms(long milliseconds);

/// The daemon that all tests of this process share, with two slots; started by the first who asks.
[[nodiscard]] DaemonProcess& shared_daemon();

/// Tests against the shared daemon.
class ApiTest : public ::testing::Test {
 protected:
  ApiTest() : daemon{shared_daemon()}, api{daemon.port()} {}

  /// The language's entry; skips the test where it cannot be used here.
  json language(const std::string& id);

  DaemonProcess& daemon;
  Api api;
};

}  // namespace cex::test
