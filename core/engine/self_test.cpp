// SPDX-License-Identifier: Apache-2.0
#include "core/engine/self_test.hpp"

#include <array>
#include <sstream>

#include "core/base/text.hpp"

namespace cex::engine {
namespace {

std::string field(const std::string& status, std::string_view name) {
  for (const auto line : split(status, '\n')) {
    if (line.substr(0, name.size()) == name && line.size() > name.size() && line[name.size()] == ':') {
      return std::string{trim(line.substr(name.size() + 1))};
    }
  }
  return "missing";
}

Result<void> expect(const std::string& status, std::string_view name, std::string_view wanted) {
  const std::string value = field(status, name);
  if (value == wanted) return {};
  return fail(Errc::not_ready, "self-test: in a box " + std::string{name} + " is '" + value +
                                   "' instead of '" + std::string{wanted} + "'");
}

// "id parent major:minor root point options ... - type source superoptions"
Result<void> check_mount(std::string_view line) {
  const auto words = split(line, ' ');
  if (words.size() < 6) return {};
  const std::string point{words[4]};
  const std::string options = "," + std::string{words[5]} + ",";
  const auto has = [&](std::string_view option) {
    return options.find("," + std::string{option} + ",") != std::string::npos;
  };
  const bool device = point.rfind("/dev/", 0) == 0 && point != "/dev/shm";
  const bool writable = point == "/box" || point == "/tmp" || point == "/dev/shm" ||
                        point == "/proc" || device;
  if (!has("nosuid") || (!device && !has("nodev")) || (!writable && !has("ro")) ||
      (writable && point != "/box" && !has("noexec"))) {
    return fail(Errc::not_ready, "self-test: the mount at " + point + " has the options " + options);
  }
  return {};
}

Result<std::string> show(BoxRunner& runner, const std::string& file) {
  SandboxPlan plan;
  plan.step = "self-test";
  plan.argv = {"/usr/bin/cat", file};
  plan.limits.wall = std::chrono::seconds{10};
  plan.limits.memory_bytes = 64 << 20U;
  CEX_TRY(const auto nothing, runner.prepare({}));
  const supervise::CancelToken never;
  const StepOutcome outcome = runner.run({plan, *nothing, {}, {}, {}}, never);
  if (outcome.why != WhyEnded::exited || outcome.exit_code != 0) {
    return fail(Errc::not_ready, "self-test: " + file + " could not be shown in a box: " +
                                     std::string{to_string(outcome.why)} + " " + outcome.failure +
                                     printable(outcome.err.bytes));
  }
  return outcome.out.bytes;
}

}  // namespace

Result<void> check_box_report(const std::string& status, const std::string& mounts) {
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    CEX_CHECK(expect(status, set, "0000000000000000"));
  }
  CEX_CHECK(expect(status, "NoNewPrivs", "1"));
  CEX_CHECK(expect(status, "Seccomp", "2"));
  // The job's process is the second of its pid namespace, and sees one number only.
  CEX_CHECK(expect(status, "NSpid", "2"));
  if (field(status, "Uid").rfind("0\t", 0) == 0) {
    return fail(Errc::not_ready, "self-test: a box's program runs as uid 0");
  }
  for (const auto line : split(mounts, '\n')) CEX_CHECK(check_mount(line));
  return {};
}

Result<void> run_self_test(BoxRunner& runner) {
  CEX_TRY(const std::string status, show(runner, "/proc/self/status"));
  CEX_TRY(const std::string mounts, show(runner, "/proc/self/mountinfo"));
  return check_box_report(status, mounts);
}

}  // namespace cex::engine
