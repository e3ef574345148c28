// SPDX-License-Identifier: Apache-2.0

// What a box costs, next to the same program without one and in other people's boxes. Everything is
// interleaved in one run on one machine; only ratios mean anything.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/ids.hpp"
#include "core/engine/adapters/slot_runner.hpp"
#include "core/engine/host.hpp"
#include "core/engine/user.hpp"
#include "tests/bench/outside.hpp"
#include "tests/bench/peers.hpp"

namespace cex::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 200;
constexpr std::array kClients{1U, 2U, 4U, 16U};
using Outsides = std::array<Outside, kClients.back()>;

struct Entry {
  std::string name;
  std::function<Outside::Took()> once;
  std::vector<double> samples_us{};
};

bool installed(const std::string& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

double percentile(std::vector<double> samples, double part) {
  std::sort(samples.begin(), samples.end());
  return samples[static_cast<std::size_t>(part * static_cast<double>(samples.size() - 1))];
}

SandboxPlan plan_of(std::vector<std::string> argv) {
  SandboxPlan plan;
  plan.step = "bench";
  plan.argv = std::move(argv);
  plan.env = {"PATH=/usr/bin:/bin"};
  return plan;
}

class OurBox {
 public:
  OurBox(engine::BoxRunner& runner, sandbox::SlotPool& pool) : runner_{runner}, pool_{pool} {
    files_ = std::move(*runner_.prepare({}));
  }
  void wait_until_ready() const {
    while (pool_.status().ready < pool_.status().slots) {
      std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
  }
  StepOutcome outcome(const SandboxPlan& plan) {
    return runner_.run({plan, *files_, {}, {}, {}, nullptr}, never_);
  }
  Outside::Took run(const SandboxPlan& plan) {
    const auto start = Clock::now();
    const auto outcome = this->outcome(plan);
    const double us = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
    return {us, outcome.why == WhyEnded::exited && outcome.exit_code == 0};
  }

 private:
  engine::BoxRunner& runner_;
  sandbox::SlotPool& pool_;
  std::unique_ptr<engine::PreparedFiles> files_;
  supervise::CancelToken never_;
};

std::vector<Entry> contenders(OurBox& box, const Outside& outside, const Peers& peers) {
  const auto& program = peers.program();
  std::vector<Entry> entries;
  entries.push_back({"bare vfork+exec", [&outside, program] { return outside.run(program); }});
  entries.push_back(
      {"code-executor (cell ready)", [&box, plan = plan_of(program)] { return box.run(plan); }});
  for (const auto& peer : peers.all()) {
    entries.push_back(
        {peer.name, [&outside, command = peer.command] { return outside.run(command); }});
  }
  return entries;
}

void measure(OurBox& box, std::vector<Entry>& entries) {
  for (auto& entry : entries) {
    if (!entry.once().succeeded) {
      std::printf("  %-28s does not run here\n", entry.name.c_str());
      entry.once = nullptr;
    }
  }
  for (int round = 0; round < kRounds; ++round) {
    for (auto& entry : entries) {
      if (!entry.once) continue;
      box.wait_until_ready();
      const auto took = entry.once();
      if (took.succeeded) entry.samples_us.push_back(took.us);
    }
  }
}

/// What is printed, for --write as well.
nlohmann::ordered_json& document() {
  static nlohmann::ordered_json all;
  return all;
}

double rounded(double value) {
  return std::round(value * 1000) / 1000;
}

void print(const std::string& title, const std::vector<Entry>& entries) {
  std::printf("%s, %d rounds each, interleaved\n", title.c_str(), kRounds);
  std::printf("  %-28s %10s %10s %8s\n", "", "p50 us", "p95 us", "ratio");
  const double bare = percentile(entries.front().samples_us, 0.5);
  for (const auto& entry : entries) {
    if (entry.samples_us.empty()) continue;
    const double p50 = percentile(entry.samples_us, 0.5);
    const double p95 = percentile(entry.samples_us, 0.95);
    std::printf("  %-28s %10.0f %10.0f %8.2f\n", entry.name.c_str(), p50, p95, p50 / bare);
    document()["one after the other"][title].push_back({{"name", entry.name},
                                                        {"rounds", entry.samples_us.size()},
                                                        {"p50_us", rounded(p50)},
                                                        {"p95_us", rounded(p95)},
                                                        {"times_bare", rounded(p50 / bare)}});
  }
}

// CPU time of the whole machine, in milliseconds: what a box costs is spread over many processes.
double machine_cpu_ms() {
  std::ifstream stat{"/proc/stat"};
  std::string word;
  stat >> word;
  double sum = 0;
  for (int column = 0; column < 8; ++column) {
    double ticks = 0;
    stat >> ticks;
    if (column != 3 && column != 4) sum += ticks;  // idle, waiting for disks
  }
  return sum * 1000 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// Of a machine that does nothing else, one contender after the other.
void cpu_per_job(OurBox& box, const std::vector<Entry>& entries) {
  constexpr int kJobs = 1000;
  std::printf("CPU of the whole machine a job (/usr/bin/true)\n");
  for (const auto& entry : entries) {
    if (!entry.once) continue;
    const bool cheap = percentile(entry.samples_us, 0.5) < 3000;
    const int jobs = cheap ? kJobs : kJobs / 20;
    box.wait_until_ready();
    const double before = machine_cpu_ms();
    for (int i = 0; i < jobs; ++i) static_cast<void>(entry.once());
    box.wait_until_ready();
    const double each = (machine_cpu_ms() - before) / jobs;
    std::printf("  %-28s %10.3f ms\n", entry.name.c_str(), each);
    document()["cpu of the machine a job, ms"].push_back(
        {{"name", entry.name}, {"jobs", jobs}, {"ms", rounded(each)}});
  }
}

// What `count` calls of `once` take, over `clients` threads of which each knows its number.
double jobs_a_second(unsigned clients, int count, const std::function<bool(unsigned)>& once) {
  std::atomic<int> left{count};
  std::atomic<int> good{0};
  const auto start = Clock::now();
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < clients; ++i) {
      workers.emplace_back([&, i] {
        while (left-- > 0) good += once(i) ? 1 : 0;
      });
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return good == count ? count / seconds : 0;
}

// A second or two for each.
int enough(const Entry& entry) {
  const double us = percentile(entry.samples_us, 0.5);
  return std::clamp(static_cast<int>(2e6 / us), 40, 2000);
}

void throughput(engine::BoxRunner& runner, sandbox::SlotPool& pool,
                const std::vector<Entry>& entries, const Peers& peers, const Outsides& outside) {
  std::printf("jobs a second (/usr/bin/true) at so many clients\n  %-28s", "");
  for (const unsigned clients : kClients) std::printf(" %8u", clients);
  std::printf("\n");
  std::map<std::string, std::vector<std::string>> commands{{entries[0].name, peers.program()}};
  for (const Peer& peer : peers.all()) commands[peer.name] = peer.command;
  for (const Entry& entry : entries) {
    // runc and crun take one box of a name at a time.
    if (!entry.once || entry.name == "runc" || entry.name == "crun") continue;
    std::printf("  %-28s", entry.name.c_str());
    nlohmann::ordered_json row{{"name", entry.name}};
    for (const unsigned clients : kClients) {
      const auto command = commands.find(entry.name);
      const double each = jobs_a_second(clients, enough(entry), [&](unsigned client) {
        if (command != commands.end()) return outside[client].run(command->second).succeeded;
        return OurBox{runner, pool}.run(plan_of(peers.program())).succeeded;
      });
      std::printf(" %8.0f", each);
      std::fflush(stdout);
      row[std::to_string(clients)] = rounded(each);
    }
    std::printf("\n");
    document()["jobs a second, by clients"].push_back(row);
  }
}

// How far beyond its limit a program gets while every slot is busy with the same.
void overshoot(engine::BoxRunner& runner, sandbox::SlotPool& pool, const std::string& title,
               std::vector<std::string> program, WhyEnded why) {
  constexpr int kEach = 10;
  constexpr std::chrono::milliseconds kLimit{300};
  auto plan = plan_of(std::move(program));
  (why == WhyEnded::cpu_limit ? plan.limits.cpu : plan.limits.wall) = kLimit;
  std::mutex mutex;
  std::vector<double> beyond_ms;
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
      workers.emplace_back([&] {
        OurBox box{runner, pool};
        for (int k = 0; k < kEach; ++k) {
          const auto outcome = box.outcome(plan);
          const auto used = why == WhyEnded::cpu_limit ? outcome.usage.cpu : outcome.usage.wall;
          const std::lock_guard guard{mutex};
          if (outcome.why == why) {
            beyond_ms.push_back(std::chrono::duration<double, std::milli>(used - kLimit).count());
          }
        }
      });
    }
  }
  if (beyond_ms.empty())
    return static_cast<void>(std::printf("  %-28s never ended so\n", title.c_str()));
  const double p50 = percentile(beyond_ms, 0.5);
  const double p95 = percentile(beyond_ms, 0.95);
  const double max = percentile(beyond_ms, 1.0);
  std::printf("  %-28s %10.1f %10.1f %10.1f\n", title.c_str(), p50, p95, max);
  document()["beyond a limit of 300 ms, all CPUs busy"].push_back({{"name", title},
                                                                   {"p50_ms", rounded(p50)},
                                                                   {"p95_ms", rounded(p95)},
                                                                   {"max_ms", rounded(max)}});
}

int run(const Outsides& outsides, const fs::path& folder) {
  const Outside& outside = outsides[0];
  const Peers around_true{folder / "true", {"/usr/bin/true"}};
  const Peers around_python{folder / "python", {"/usr/bin/python3", "-I", "-S", "-c", "pass"}};
  auto config = config::defaults();
  config.data_dir = (folder / "data").string();
  config.sandbox.spare_slots = 2;
  const auto launcher = fs::read_symlink("/proc/self/exe").parent_path() / "cex-launcher";
  auto host = engine::prepare_host(config, {launcher.string()});
  if (!host) {
    std::fprintf(stderr, "%s\n", host.error().message.c_str());
    return 1;
  }
  static_cast<void>(engine::give_up_reading());
  sandbox::SlotPool pool{std::move(host->state->launchers),
                         {host->state->slots, host->state->workers}};
  engine::SlotRunner runner{pool, config::NetworkSettings{}};
  OurBox box{runner, pool};
  box.wait_until_ready();
  auto entries = contenders(box, outside, around_true);
  measure(box, entries);
  print("/usr/bin/true", entries);
  cpu_per_job(box, entries);
  if (installed("/usr/bin/python3")) {
    auto python = contenders(box, outside, around_python);
    measure(box, python);
    print("python3 -I -S -c pass", python);
  }
  throughput(runner, pool, entries, around_true, outsides);
  std::printf("beyond a limit of 300 ms, all CPUs busy     p50 ms     p95 ms     max ms\n");
  overshoot(runner, pool, "CPU time (a spinning shell)", {"/bin/sh", "-c", "while :; do :; done"},
            WhyEnded::cpu_limit);
  overshoot(runner, pool, "wall clock (a sleeper)", {"/bin/sleep", "100"}, WhyEnded::wall_limit);
  overshoot(runner, pool, "wall clock (a spinning shell)", {"/bin/sh", "-c", "while :; do :; done"},
            WhyEnded::wall_limit);
  return 0;
}

}  // namespace
}  // namespace cex::bench

// cex-box-bench [FILE]: prints the figures, and writes them to FILE as JSON.
int main(int argc, char** argv) {
  // Opened by whoever started this: root is given up on the way.
  std::ofstream file;
  if (argc > 1) file.open(argv[1]);
  if (!file) {
    std::fprintf(stderr, "%s cannot be written\n", argv[1]);
    return 1;
  }
  const auto folder = std::filesystem::temp_directory_path() / ("cex-bench-" + cex::random_hex(8));
  std::filesystem::create_directories(folder);
  const cex::bench::Outsides outsides;
  const auto& outside = outsides[0];
  const int status = cex::bench::run(outsides, folder);
  // By the process that is still who made it: this one has given root up.
  static_cast<void>(outside.run(cex::bench::Peers::tidy_command()));
  static_cast<void>(outside.run({"/usr/bin/rm", "-rf", folder.string()}));
  if (argc > 1) file << cex::bench::document().dump(2) << '\n';
  return status;
}
