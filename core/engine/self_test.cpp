// SPDX-License-Identifier: Apache-2.0
#include "core/engine/self_test.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/launcher/wire.hpp"
#include "core/sandbox/mount_table.hpp"

namespace cex::engine {
namespace {

constexpr std::uint64_t kMemory = std::uint64_t{64} << 20U;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint32_t kProcesses = 8;
// More than two pipes hold: while its first output is being read here, the program cannot have
// ended.
constexpr std::size_t kInputBytes = 200'000;
constexpr const char* kMark = "\n--mark--\n";

tl::unexpected<Error> broken(std::string what) {
  return fail(Errc::not_ready, "self-test: " + std::move(what));
}

std::string field(const std::string& status, std::string_view name) {
  for (const auto line : split(status, '\n')) {
    if (line.substr(0, name.size()) == name && line.size() > name.size() &&
        line[name.size()] == ':') {
      return std::string{trim(line.substr(name.size() + 1))};
    }
  }
  return "missing";
}

Result<void> expect(const std::string& status, std::string_view name, std::string_view wanted) {
  const std::string value = field(status, name);
  if (value == wanted) return {};
  return broken("in a box " + std::string{name} + " is '" + value + "' instead of '" +
                std::string{wanted} + "'");
}

// What both sides see the same way.
Result<void> check_rights(const std::string& status) {
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    CEX_CHECK(expect(status, set, "0000000000000000"));
  }
  CEX_CHECK(expect(status, "NoNewPrivs", "1"));
  CEX_CHECK(expect(status, "Seccomp", "2"));
  for (const char* ids : {"Uid", "Gid"}) {
    const std::string numbers = field(status, ids);
    const auto each = split(numbers, '\t');
    const bool same = std::all_of(each.begin(), each.end(), [&](auto id) { return id == each[0]; });
    if (each.size() != 4 || !same || each[0] == "0") {
      return broken("in a box " + std::string{ids} + " is '" + numbers + "'");
    }
  }
  return {};
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
  const bool writable =
      point == "/box" || point == "/tmp" || point == "/dev/shm" || point == "/proc" || device;
  const bool data = (writable && point != "/box") || point == sandbox::kLayersPlace;
  if (!has("nosuid") || (!device && !has("nodev")) || (!writable && !has("ro")) ||
      (data && !has("noexec"))) {
    return broken("the mount at " + point + " has the options " + options);
  }
  return {};
}

// "Max core file size        1                    1                    bytes"
Result<void> check_limit(const std::string& limits, std::string_view name,
                         std::string_view wanted) {
  for (const auto line : split(limits, '\n')) {
    if (!line.starts_with(name)) continue;
    const auto rest = trim(line.substr(name.size()));
    const auto end = std::min(rest.find(' '), rest.size());
    const auto hard = trim(rest.substr(end));
    if (rest.substr(0, end) == wanted && hard.substr(0, hard.find(' ')) == wanted) return {};
    return broken("in a box the limit is '" + std::string{line} + "'");
  }
  return broken("in a box there is no limit '" + std::string{name} + "'");
}

// Two lines of titles, then "    lo: 0 0 ..."; nothing but loopback may be there.
Result<void> check_devices(const std::string& devices) {
  bool loopback = false;
  for (const auto line : split(devices, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = trim(line.substr(0, colon));
    if (name != "lo") return broken("a box has the network device '" + std::string{name} + "'");
    loopback = true;
  }
  return loopback ? Result<void>{} : broken("a box has no loopback device");
}

// A line a hierarchy, each ending in the path below the box's own namespace root.
Result<void> check_cgroups(const std::string& cgroups) {
  for (const auto line : split(trim(cgroups), '\n')) {
    if (line.ends_with(":/")) continue;
    return broken("a box sees its cgroup as '" + std::string{line} + "'");
  }
  return {};
}

std::optional<InsideReport> parse_report(const std::string& text) {
  std::vector<std::string> parts;
  const std::string_view mark{kMark};
  for (std::size_t at = 0; parts.size() < 5;) {
    const auto end = text.find(mark, at);
    if (end == std::string::npos) return std::nullopt;
    parts.push_back(text.substr(at, end - at));
    at = end + mark.size();
  }
  return InsideReport{parts[0], parts[1], parts[2], parts[3], parts[4]};
}

// Only this run's box has exactly this limit, so it can be found from outside.
std::uint64_t unusual_memory() {
  const std::string digits = random_hex(2);
  return kMemory + kPage * (std::stoul(digits, nullptr, 16) % 4096);
}

SandboxPlan self_test_plan(std::uint64_t memory) {
  SandboxPlan plan;
  plan.step = "self-test";
  plan.argv = {"/usr/bin/cat", "/proc/self/status", "mark", "/proc/self/mountinfo",
               "mark",         "/proc/self/limits", "mark", "/proc/self/net/dev",
               "mark",         "/proc/self/cgroup", "mark", "-"};
  plan.limits.wall = std::chrono::seconds{10};
  plan.limits.memory_bytes = memory;
  plan.limits.processes = kProcesses;
  return plan;
}

FileSet mark_file() {
  BoxFile mark;
  mark.path = "mark";
  mark.content = std::make_shared<const std::string>(kMark);
  return {mark};
}

}  // namespace

Result<void> check_inside(const InsideReport& report) {
  CEX_CHECK(check_rights(report.status));
  // The job's process is the second of its pid namespace, and sees one number only.
  CEX_CHECK(expect(report.status, "NSpid", "2"));
  for (const auto line : split(report.mounts, '\n')) CEX_CHECK(check_mount(line));
  CEX_CHECK(check_limit(report.limits, "Max core file size", "1"));
  CEX_CHECK(check_limit(report.limits, "Max realtime priority", "0"));
  CEX_CHECK(check_limit(report.limits, "Max nice priority", "0"));
  CEX_CHECK(check_devices(report.devices));
  return check_cgroups(report.cgroups);
}

Result<void> check_outside(const sandbox::BoxView& view, std::uint32_t processes, bool own_ids,
                           std::uint32_t server_uid) {
  const auto limit = [&](const char* file) {
    const auto found = view.limits.find(file);
    return found == view.limits.end() ? std::string{"missing"} : found->second;
  };
  // Beside the job's there are the init and, on v1, the slot's process.
  const bool v1 = limit("memory.max") == "missing";
  if (const auto pids = limit("pids.max"); pids != std::to_string(processes + (v1 ? 2 : 1))) {
    return broken("a box's pids.max is '" + pids + "' outside");
  }
  if (v1 && limit("memory.memsw.limit_in_bytes") != "missing" &&
      limit("memory.memsw.limit_in_bytes") != limit("memory.limit_in_bytes")) {
    return broken("a box may swap: its memory.memsw.limit_in_bytes is '" +
                  limit("memory.memsw.limit_in_bytes") + "' outside");
  }
  if (!v1 && limit("memory.oom.group") != "1") return broken("a box's memory.oom.group is not set");
  for (const char* file :
       {"memory.swap.max", "memory.zswap.max", "hugetlb.2MB.max", "hugetlb.1GB.max"}) {
    const auto value = limit(file);
    if (value != "missing" && value != "0") {
      return broken("a box's " + std::string{file} + " is '" + value + "' outside");
    }
  }
  if (view.status.empty()) return {};
  CEX_CHECK(check_rights(view.status));
  if (!own_ids) return {};
  CEX_CHECK(expect(view.status, "Groups", ""));
  if (field(view.status, "Uid").starts_with(std::to_string(server_uid) + "\t")) {
    return broken("outside, a box's program has the server's own user id");
  }
  return {};
}

Result<std::string> run_self_test(BoxRunner& runner, const sandbox::CgroupInstance& cgroups,
                                  bool own_ids) {
  const std::uint64_t memory = unusual_memory();
  const SandboxPlan plan = self_test_plan(memory);
  CEX_TRY(const auto files, runner.prepare(mark_file()));
  std::optional<sandbox::BoxView> view;
  const auto look = [&](bool /*err*/, std::string_view /*piece*/) {
    if (!view) view = sandbox::find_box(cgroups, memory + wire::kBoxOverhead);
  };
  const std::string input(kInputBytes, '.');
  const supervise::CancelToken never;
  const StepOutcome outcome = runner.run({plan, *files, input, {}, look}, never);
  if (outcome.no_slot) return fail(Errc::queue_full, "self-test: " + outcome.failure);
  const auto report = parse_report(outcome.out.bytes);
  if (outcome.why != WhyEnded::exited || outcome.exit_code != 0 || !report) {
    return broken("a box could not show itself: " + std::string{to_string(outcome.why)} + " " +
                  outcome.failure + printable(outcome.err.bytes));
  }
  CEX_CHECK(check_inside(*report));
  if (cgroups.kind == wire::CgroupKind::none) return "nothing limits it outside";
  if (!view) return broken("no cgroup outside has the limits of the box that ran");
  CEX_CHECK(check_outside(*view, kProcesses, own_ids, ::geteuid()));
  return view->status.empty()
             ? "the host hides its processes from the server, so ids were seen inside only"
             : "";
}

}  // namespace cex::engine
