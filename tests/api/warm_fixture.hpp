// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/api/api_fixture.hpp"

/// What the tests of layers of all languages share.
namespace cex::test {

/// "building", "ready", "failed", ...; "unknown" for a layer that nobody asked for.
[[nodiscard]] std::string layer_state(const Api& api, const std::string& language,
                                      const std::string& id);

/// How a layer ended up: "ready" or "failed", or what it was when time was up.
[[nodiscard]] std::string settled_layer(const Api& api, const std::string& language,
                                        const std::string& id,
                                        std::chrono::seconds limit = std::chrono::seconds{300});

/// A daemon with two slots that makes things ahead for one language only: those of others take
/// longer.
[[nodiscard]] std::unique_ptr<DaemonProcess> start_warm(const ScratchDir& dir,
                                                        const std::string& language,
                                                        const std::string& mode = "layers");

/// Programs that wait for a job of this language; for one step of it if that is given.
[[nodiscard]] std::uint32_t preboots_of(const Api& api, const std::string& language,
                                        const std::string& step = {});
/// Waits until there is at least one.
[[nodiscard]] bool wait_for_preboot(const Api& api, const std::string& language,
                                    const std::string& step = {});

/// A program whose answers are compared, and what its job says besides.
struct WarmProgram {
  const char* name;
  std::string source;  ///< unless `more` has files
  json more = json::object();
};
[[nodiscard]] json job_of(const std::string& language, const WarmProgram& program);

/// Processes of this daemon that were started with `marker`: at rest, those that wait for a job.
[[nodiscard]] std::vector<pid_t> waiting_with(const DaemonProcess& daemon,
                                              const std::string& marker);

/// One such daemon for all tests of the suite `Suite`, beside the shared one, which makes none.
template <class Suite>
class WarmSuite : public ::testing::Test {
 protected:
  static void TearDownTestSuite() {
    daemon().reset();
    dir().reset();
  }
  static void start(const std::string& language, const std::string& mode = "layers") {
    dir() = std::make_unique<ScratchDir>();
    daemon() = start_warm(*dir(), language, mode);
  }
  /// Without it where this machine has no toolchain for the language: the tests then skip.
  static void start_if_usable(const std::string& language, const std::string& mode) {
    const json document = body_of(cold().get("/v1/languages/" + language));
    if (document.value("usable", false)) start(language, mode);
  }
  static Api warm() { return Api{daemon()->port()}; }
  static Api cold() { return Api{shared_daemon().port()}; }
  static std::unique_ptr<ScratchDir>& dir() {
    static std::unique_ptr<ScratchDir> folder;
    return folder;
  }
  static std::unique_ptr<DaemonProcess>& daemon() {
    static std::unique_ptr<DaemonProcess> process;
    return process;
  }
};

/// Expects the same of two finished jobs in everything that a client can hold against another run.
void expect_same_answers(const json& one, const json& other, const std::string& name);

}  // namespace cex::test
