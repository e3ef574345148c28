// SPDX-License-Identifier: Apache-2.0

// What a box costs, next to the same program without one and in other people's boxes. Everything is
// interleaved in one run on one machine; only ratios mean anything.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "core/base/ids.hpp"
#include "core/engine/adapters/slot_runner.hpp"
#include "core/engine/host.hpp"
#include "core/engine/user.hpp"

namespace cex::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 200;

struct Entry {
  std::string name;
  std::function<bool()> once;
  std::vector<double> samples_us{};
};

// vfork underneath: the cheapest way there is to start a program.
bool spawn(std::vector<std::string> command) {
  std::vector<char*> argv;
  for (auto& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  return error == 0 && ::waitpid(pid, &status, 0) == pid && status == 0;
}

bool installed(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }

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
  bool run(const SandboxPlan& plan) {
    const auto outcome = runner_.run({plan, *files_, {}, {}, {}}, never_);
    return outcome.why == WhyEnded::exited && outcome.exit_code == 0;
  }

 private:
  engine::BoxRunner& runner_;
  sandbox::SlotPool& pool_;
  std::unique_ptr<engine::PreparedFiles> files_;
  supervise::CancelToken never_;
};

std::vector<Entry> contenders(OurBox& box, const std::vector<std::string>& program) {
  std::vector<Entry> entries;
  entries.push_back({"bare vfork+exec", [program] { return spawn(program); }});
  entries.push_back({"code-executor (cell ready)",
                     [&box, plan = plan_of(program)] { return box.run(plan); }});
  const auto peer = [&](const std::string& name, std::vector<std::string> command) {
    if (!installed(command[0])) return;
    command.insert(command.end(), program.begin(), program.end());
    entries.push_back({name, [command] { return spawn(command); }});
  };
  peer("bubblewrap", {"/usr/bin/bwrap", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib64",
                      "/lib64", "--symlink", "usr/lib", "/lib", "--proc", "/proc", "--dev", "/dev",
                      "--unshare-all", "--die-with-parent"});
  peer("firejail", {"/usr/bin/firejail", "--quiet", "--noprofile", "--net=none", "--private"});
  return entries;
}

void measure(OurBox& box, std::vector<Entry>& entries) {
  for (auto& entry : entries) {
    if (!entry.once()) {
      std::printf("  %-28s does not run here\n", entry.name.c_str());
      entry.once = nullptr;
    }
  }
  for (int round = 0; round < kRounds; ++round) {
    for (auto& entry : entries) {
      if (!entry.once) continue;
      box.wait_until_ready();
      const auto start = Clock::now();
      entry.once();
      entry.samples_us.push_back(
          std::chrono::duration<double, std::micro>(Clock::now() - start).count());
    }
  }
}

void print(const std::string& title, const std::vector<Entry>& entries) {
  std::printf("%s, %d rounds each, interleaved\n", title.c_str(), kRounds);
  std::printf("  %-28s %10s %10s %8s\n", "", "p50 us", "p95 us", "ratio");
  const double bare = percentile(entries.front().samples_us, 0.5);
  for (const auto& entry : entries) {
    if (entry.samples_us.empty()) continue;
    const double p50 = percentile(entry.samples_us, 0.5);
    std::printf("  %-28s %10.0f %10.0f %8.2f\n", entry.name.c_str(), p50,
                percentile(entry.samples_us, 0.95), p50 / bare);
  }
}

void throughput(engine::BoxRunner& runner, sandbox::SlotPool& pool) {
  const auto cpus = std::max(1U, std::thread::hardware_concurrency());
  std::printf("jobs a second (/usr/bin/true)\n");
  for (const unsigned threads : {cpus, 2 * cpus}) {
    constexpr int kJobs = 2000;
    std::atomic<int> left{kJobs};
    const auto start = Clock::now();
    {
      std::vector<std::jthread> workers;
      for (unsigned i = 0; i < threads; ++i) {
        workers.emplace_back([&] {
          OurBox box{runner, pool};
          const auto plan = plan_of({"/usr/bin/true"});
          while (left-- > 0) box.run(plan);
        });
      }
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    std::printf("  %u at once %10.0f\n", threads, kJobs / seconds);
  }
}

int run() {
  auto config = config::defaults();
  config.data_dir = (fs::temp_directory_path() / ("cex-bench-" + random_hex(8))).string();
  config.sandbox.spare_slots = 2;
  const auto launcher = fs::read_symlink("/proc/self/exe").parent_path() / "cex-launcher";
  auto host = engine::prepare_host(config, {launcher.string()});
  if (!host) {
    std::fprintf(stderr, "%s\n", host.error().message.c_str());
    return 1;
  }
  static_cast<void>(engine::give_up_reading());
  sandbox::SlotPool pool{std::move(host->state->launchers), host->state->slots};
  engine::SlotRunner runner{pool};
  OurBox box{runner, pool};
  box.wait_until_ready();
  auto entries = contenders(box, {"/usr/bin/true"});
  measure(box, entries);
  print("/usr/bin/true", entries);
  if (installed("/usr/bin/python3")) {
    auto python = contenders(box, {"/usr/bin/python3", "-I", "-S", "-c", "pass"});
    measure(box, python);
    print("python3 -I -S -c pass", python);
  }
  throughput(runner, pool);
  return 0;
}

}  // namespace
}  // namespace cex::bench

int main() { return cex::bench::run(); }
