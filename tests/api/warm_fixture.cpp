// SPDX-License-Identifier: Apache-2.0
#include "tests/api/warm_fixture.hpp"

#include <cstdint>
#include <fstream>
#include <regex>
#include <thread>

namespace cex::test {
namespace {

json answer_of(const json& step) {
  if (step.is_null()) return step;
  json answer;
  for (const char* key : {"status", "exit_code", "signal", "stdout", "stderr", "diagnostics"}) {
    if (step.contains(key)) answer[key] = step[key];
  }
  // GCC draws the names of its temporary files by lot; traces of Go have addresses and numbers.
  if (answer.contains("stderr") && answer["stderr"].is_string()) {
    static const std::regex kByLot{"/tmp/cc[A-Za-z0-9]{6}|0x[0-9a-f]+|goroutine [0-9]+"};
    answer["stderr"] = std::regex_replace(answer["stderr"].get<std::string>(), kByLot, "...");
  }
  return answer;
}

}  // namespace

std::string layer_state(const Api& api, const std::string& language, const std::string& id) {
  const json document = body_of(api.get("/v1/languages/" + language));
  for (const auto& layer : document["warm_up"]["layers"]) {
    if (layer["id"] == id) return layer["state"];
  }
  return "unknown";
}

std::string settled_layer(const Api& api, const std::string& language, const std::string& id,
                          std::chrono::seconds limit) {
  const auto until = std::chrono::steady_clock::now() + patience(limit);
  std::string state = layer_state(api, language, id);
  while (state != "ready" && state != "failed" && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    state = layer_state(api, language, id);
  }
  return state;
}

std::unique_ptr<DaemonProcess> start_warm(const ScratchDir& dir, const std::string& language,
                                          const std::string& mode) {
  const std::string file = dir.path() + "/config.toml";
  std::ofstream{file} << "[languages." << language << "]\nwarm_up = \"" << mode << "\"\n";
  return std::make_unique<DaemonProcess>(
      dir.path(), std::vector<std::string>{"--slots", "2", "--config", file});
}

std::uint32_t preboots_of(const Api& api, const std::string& language, const std::string& step) {
  std::uint32_t waiting = 0;
  const json document = body_of(api.get("/v1/languages/" + language));
  for (const auto& preboot : document["warm_up"]["preboots"]) {
    if (step.empty() || preboot["step"] == step) waiting += preboot["waiting"].get<std::uint32_t>();
  }
  return waiting;
}

bool wait_for_preboot(const Api& api, const std::string& language, const std::string& step) {
  const auto until = std::chrono::steady_clock::now() + patience(std::chrono::seconds{120});
  while (preboots_of(api, language, step) == 0) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return true;
}

json job_of(const std::string& language, const WarmProgram& program) {
  json job{{"language", language}, {"source", program.source}};
  job.update(program.more);
  if (job.contains("files")) job.erase("source");
  return job;
}

std::vector<pid_t> waiting_with(const DaemonProcess& daemon, const std::string& marker) {
  std::vector<pid_t> found;
  for (const pid_t pid : processes_with(marker)) {
    if (child_towards(daemon.pid(), pid) > 0) found.push_back(pid);
  }
  return found;
}

void expect_same_answers(const json& one, const json& other, const std::string& name) {
  EXPECT_EQ(one["status"], other["status"]) << name;
  EXPECT_EQ(answer_of(one["compile"]), answer_of(other["compile"])) << name;
  ASSERT_EQ(one["runs"].size(), other["runs"].size()) << name;
  for (std::size_t i = 0; i < one["runs"].size(); ++i) {
    EXPECT_EQ(answer_of(one["runs"][i]), answer_of(other["runs"][i])) << name;
  }
}

}  // namespace cex::test
