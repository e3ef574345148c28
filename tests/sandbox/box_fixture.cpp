// SPDX-License-Identifier: Apache-2.0
#include "tests/sandbox/box_fixture.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/engine/host.hpp"
#include "core/engine/user.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;

fs::path beside_this_program(const std::string& name) {
  return fs::read_symlink("/proc/self/exe").parent_path() / name;
}

// Read once, while the process may still read everything: root mode gives that up.
std::shared_ptr<const std::string> victim_program() {
  static const auto bytes = [] {
    std::ifstream in{beside_this_program("cex-victim"), std::ios::binary};
    return std::make_shared<const std::string>(std::istreambuf_iterator<char>{in},
                                               std::istreambuf_iterator<char>{});
  }();
  return bytes;
}

config::Config settings() {
  auto config = config::defaults();
  config.data_dir = (fs::temp_directory_path() / ("cex-box-tests-" + random_hex(8))).string();
  config.sandbox.slots = 2;
  config.sandbox.spare_slots = 2;
  return config;
}

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "box tests cannot start: %s\n", why.c_str());
  std::exit(1);
}

}  // namespace

Boxes& Boxes::get() {
  static Boxes boxes;
  return boxes;
}

Boxes::Boxes() {
  if (victim_program()->empty()) give_up("cex-victim is not beside this program");
  auto config = settings();
  data_dir_ = config.data_dir;
  const engine::HostOptions options{beside_this_program("cex-launcher").string()};
  auto host = engine::prepare_host(config, options);
  if (!host && ::geteuid() != 0) {
    refusal_ = host.error();
    config.sandbox.insecure_no_cgroup_limits = true;
    host = engine::prepare_host(config, options);
  }
  if (!host) give_up(host.error().message);
  if (auto dropped = engine::give_up_reading(); !dropped) give_up(dropped.error().message);
  isolation_ = host->state->isolation;
  checks_ = host->state->checks;
  cgroups_ = std::move(host->state->cgroups);
  // So soon that slots go and come while the tests run.
  pool_ = std::make_unique<sandbox::SlotPool>(
      std::move(host->state->launchers),
      sandbox::PoolSettings{host->state->slots, kKeptSlots, std::chrono::seconds{1}});
  runner_ = std::make_unique<engine::SlotRunner>(*pool_, config::NetworkSettings{});
}

Boxes::~Boxes() {
  std::error_code ignored;  // a folder left in /tmp is no reason to change the exit status
  fs::remove_all(data_dir_, ignored);
}

std::vector<std::string> Boxes::cgroup_folders() const {
  std::vector<std::string> folders;
  for (const auto& instance : cgroups_.instances) {
    std::error_code error;
    const fs::path path =
        fs::read_symlink("/proc/self/fd/" + std::to_string(instance.get()), error);
    for (const auto& item : fs::directory_iterator{path, error}) {
      if (item.is_directory()) folders.push_back(item.path().string());
    }
  }
  return folders;
}

bool enforced_or_refused() {
  Boxes& boxes = Boxes::get();
  if (boxes.limits_enforced()) return true;
  EXPECT_EQ(boxes.refusal()->code, Errc::unsupported);
  EXPECT_NE(boxes.refusal()->message.find("limits on memory, processes and CPU cannot be enforced"),
            std::string::npos)
      << boxes.refusal()->message;
  EXPECT_TRUE(boxes.isolation().insecure);
  return false;
}

SandboxPlan victim(std::vector<std::string> args) {
  SandboxPlan plan;
  plan.step = "victim";
  plan.argv = {"/box/victim"};
  plan.argv.insert(plan.argv.end(), args.begin(), args.end());
  plan.env = {"PATH=/usr/bin:/bin"};
  plan.limits.wall = std::chrono::seconds{20} * time_factor();
  plan.limits.cpu = std::chrono::seconds{10} * time_factor();
  return plan;
}

StepOutcome run(const SandboxPlan& plan, const Extra& extra) {
  const supervise::CancelToken never;
  return run(plan, extra, never);
}

BoxFile victim_file() {
  return {"victim", victim_program(), true, false};
}

StepOutcome run(const SandboxPlan& plan, const Extra& extra, const supervise::CancelToken& cancel) {
  FileSet files = extra.files;
  files.push_back(victim_file());
  auto& runner = Boxes::get().runner();
  const auto prepared = runner.prepare(files);
  EXPECT_TRUE(prepared);
  return runner.run({plan, **prepared, extra.input, extra.outputs, {}, nullptr}, cancel);
}

std::string value_of(const std::string& output, const std::string& name) {
  for (const auto line : split(output, '\n')) {
    if (line.size() > name.size() && line.substr(0, name.size()) == name &&
        line[name.size()] == '=') {
      return std::string{line.substr(name.size() + 1)};
    }
  }
  return "missing";
}

}  // namespace cex::test
