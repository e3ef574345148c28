// SPDX-License-Identifier: Apache-2.0
#include "tests/corpus/machine.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/config/places.hpp"
#include "core/engine/build_engine.hpp"
#include "core/engine/host.hpp"
#include "tests/corpus/warm.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;

config::Config settings(const std::string& data_dir) {
  auto config = config::defaults();
  config.data_dir = data_dir;
  config.audit.sync = config::AuditSync::off;
  config.plugins.path = config::default_plugin_dirs(config::program_dir());
  config.sandbox.slots = 2;
  config.warm_up.mode = config::WarmUp::off;
  config.warm_up.preboots = kWarmBoxes;
  if (wants_warm_boxes()) config.languages["python"].warm_up = config::WarmUp::full;
  config.sandbox.spare_slots = 1;
  // Only what a program's header says ends it by time: this may be a slow machine under load.
  for (Limits* limits : {&config.run.max, &config.compile.max, &config.compile.defaults}) {
    limits->wall = limits->cpu = std::chrono::minutes{20} * time_factor();
  }
  config.run.defaults.wall *= 3 * time_factor();
  config.run.defaults.cpu *= 3 * time_factor();
  config.sandbox.slot_idle = {};  // slots are counted, too
  config.sandbox.self_test_interval =
      std::chrono::hours{24};  // nobody else while the outside is counted
  return config;
}

[[noreturn]] void give_up(const Error& why) {
  throw std::runtime_error{"cannot start: " + why.message};
}

}  // namespace

TempFolder::TempFolder()
    : path_{(fs::temp_directory_path() / ("cex-corpus-" + random_hex(8))).string()} {}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Machine& Machine::get() {
  static Machine machine;
  return machine;
}

Machine::Machine() {
  auto config = settings(data_dir_.path());
  const std::string launcher = std::getenv("CEX_TEST_LAUNCHER") != nullptr
                                   ? std::getenv("CEX_TEST_LAUNCHER")
                                   : config::sibling_launcher(config::program_dir());
  auto host = engine::prepare_host(config, {launcher});
  if (!host) give_up(host.error());
  outside_.open_up();
  slots_ = host->state->slots;
  // Two ids a slot, in whichever launcher has it.
  outside_.watch(host->state->cgroups.name, data_dir_.path(), config.sandbox.uid_base,
                 2 * slots_ * static_cast<std::uint32_t>(host->state->launchers.size()));
  auto service = engine::build_engine(std::move(config), std::move(*host));
  if (!service) give_up(service.error());
  service_ = std::move(*service);
  // Before anybody counts, what is opened once for good is open.
  ask_for_warm_boxes();
}

Machine::~Machine() {
  service_->drain(std::chrono::milliseconds{0});
}

Result<std::string> Machine::try_submit(JobRequest request) {
  RequestContext context;
  context.request_id = random_hex(8);
  context.trace_id = random_hex(16);
  context.tenant = "test";
  std::vector<JobRequest> jobs;
  jobs.push_back(std::move(request));
  CEX_TRY(auto submitted,
          service_->submit({.jobs = std::move(jobs), .context = std::move(context)}));
  return std::move(submitted.ids.front());
}

std::string Machine::submit(JobRequest request) {
  auto id = try_submit(std::move(request));
  if (!id) ADD_FAILURE() << "refused: " << id.error().message;
  return id.value_or("");
}

JobView Machine::wait(const std::string& id) {
  std::mutex mutex;
  std::condition_variable changed;
  bool news = false;
  const auto watch = service_->watch(id, engine::Watched::every_event, [&] {
    const std::lock_guard guard{mutex};
    news = true;
    changed.notify_one();
  });
  std::uint64_t last = 0;
  while (watch) {
    const auto page = service_->events(id, last);
    if (!page) break;
    if (!page->events.empty()) last = page->events.back().sequence;
    if (page->finished && page->events.empty()) break;
    if (!page->events.empty()) continue;
    std::unique_lock guard{mutex};
    changed.wait(guard, [&] { return news; });
    news = false;
  }
  const auto job = service_->get(id);
  if (!job) {
    ADD_FAILURE() << "job " << id << " is gone: " << job.error().message;
    return {};
  }
  return *job;
}

void Machine::forget(const std::string& id) {
  if (const auto gone = service_->forget(id); !gone) ADD_FAILURE() << gone.error().message;
}

bool Machine::rests() const {
  const auto status = service_->status();
  const std::uint32_t warm = wants_warm_boxes() ? kWarmBoxes : 0;
  return status.slots_preboots == warm && status.slots_ready + warm == slots_;
}

void Machine::ask_for_warm_boxes() {
  std::vector<std::string> ids;
  for (std::uint32_t i = 0; i < kWarmBoxes; ++i) {
    JobRequest request;
    request.language = "python";
    request.source = "";
    ids.push_back(submit(std::move(request)));
  }
  for (const std::string& id : ids) {
    static_cast<void>(wait(id));
    forget(id);
  }
}

Snapshot Machine::look_at_rest() {
  const int patience = 2000 * time_factor();
  for (int i = 0; i < patience && !rests(); ++i) {
    // What nobody asked for is given up after a while; two at once show that there is a demand.
    if (wants_warm_boxes() && i % 500 == 499) ask_for_warm_boxes();
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  EXPECT_TRUE(rests());
  EXPECT_EQ(service_->status().slots_quarantined, 0U);
  return outside_.look();
}

}  // namespace cex::test
