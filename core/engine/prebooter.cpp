// SPDX-License-Identifier: Apache-2.0
#include "core/engine/prebooter.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "core/base/log.hpp"
#include "core/engine/admission.hpp"
#include "core/engine/planning.hpp"

namespace cex::engine {
namespace {

constexpr std::chrono::seconds kLook{1};
constexpr std::chrono::seconds kSeedAgain{30};  // layers may have come, or toolchains changed
constexpr std::chrono::minutes kMaxAge{30};
// Arguments and variables of a job may have megabytes, and what jobs asked for is remembered.
constexpr std::size_t kMaxKey = std::size_t{16} << 10U;
constexpr std::chrono::milliseconds kBootPatience{180'000};

void append(std::string& text, std::string_view part) {
  text += part;
  text += '\0';
}

// Everything that is fixed when the program starts. A job may differ in nothing else: its other
// limits are set when it takes over. Asked for every job, so nothing here may take long.
std::string key_of(const Choice& choice, const SandboxPlan& plan) {
  const Limits& limits = plan.limits;
  std::string text = choice.plugin->info.sha256;
  append(text, choice.toolchain->id);
  append(text, plan.profile == Profile::compile ? "compile" : "run");
  append(text, std::to_string(limits.stack_bytes) + " " + std::to_string(limits.open_files) + " " +
                   std::to_string(limits.file_size_bytes));
  for (const std::string& argument : plan.preboot->argv) append(text, argument);
  text += '\0';
  for (const std::string& variable : plan.preboot->env) append(text, variable);
  for (const BoxFile& file : plan.preboot->files) {
    append(text, file.path);
    // All come from one plugin, so nobody looks for two that are alike.
    append(text, std::to_string(std::hash<std::string_view>{}(*file.content)));
  }
  return text;
}

}  // namespace

bool any_preboots(const config::Config& config) {
  const auto wants = [&](const auto& language) {
    return config.warm_up_of(language.first) == config::WarmUp::full;
  };
  const bool any = config.warm_up.mode == config::WarmUp::full ||
                   std::any_of(config.languages.begin(), config.languages.end(), wants);
  // Time and memory of the start could not be told from those of the job.
  return any && config.warm_up.preboots > 0 && !config.sandbox.insecure_no_cgroup_limits;
}

Prebooter::Prebooter(const LanguageSource& languages, const config::Config& config,
                     BoxRunner& runner, LayerSource& layers)
    : languages_{languages},
      config_{config},
      runner_{runner},
      layers_{layers},
      demand_{config.warm_up.preboots} {
  thread_ = std::thread{[this] { work(); }};
}

Prebooter::~Prebooter() {
  stop_.cancel();
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Prebooter::Kind Prebooter::make_kind(const Choice& choice, const SandboxPlan& plan,
                                     const LayerSet& layers) const {
  Kind kind;
  kind.language = choice.language->id;
  kind.toolchain = choice.toolchain->id;
  kind.layers = layers;
  kind.plan = plan;
  kind.plan.argv = plan.preboot->argv;
  kind.plan.env = plan.preboot->env;
  kind.plan.files = plan.preboot->files;
  kind.plan.preboot.reset();
  kind.plan.limits.wall = kBootPatience;
  // The second belts are tied when the program starts, and a job's limits may be any.
  const auto& most = plan.profile == Profile::compile ? config_.compile.max : config_.run.max;
  kind.plan.limits.cpu = most.cpu + kBootPatience;
  kind.plan.limits.processes = most.processes;
  return kind;
}

std::unique_ptr<BootedBox> Prebooter::take(const Choice& choice, const SandboxPlan& plan,
                                           const LayerSet& layers) {
  if (!plan.preboot || config_.warm_up_of(choice.language->id) != config::WarmUp::full) {
    return nullptr;
  }
  const std::string key = key_of(choice, plan);
  if (key.size() > kMaxKey) return nullptr;
  std::unique_ptr<BootedBox> taken;
  Boxes dead;
  const std::lock_guard lock{mutex_};
  const auto found = kinds_.find(key);
  while (found != kinds_.end() && !found->second.waiting.empty() && taken == nullptr) {
    std::deque<Waiting>& waiting = found->second.waiting;
    const bool waits = waiting.front().box->waits();
    // What it holds already is the job's; less than that cannot be set, and hardly more is mean.
    if (waits && waiting.front().box->memory_bytes() > plan.limits.memory_bytes / 2) break;
    (waits ? taken : dead.emplace_back()) = std::move(waiting.front().box);
    waiting.pop_front();
    demand_.went(key);
  }
  demand_.asked(key, taken != nullptr, Clock::now());
  if (found == kinds_.end()) kinds_.emplace(key, make_kind(choice, plan, layers));
  news_ = true;
  changed_.notify_all();
  return taken;
}

void Prebooter::languages_changed() {
  {
    const std::lock_guard lock{mutex_};
    seed_now_ = news_ = true;
  }
  changed_.notify_all();
}

bool Prebooter::is_asked_to_seed() {
  const std::lock_guard lock{mutex_};
  return std::exchange(seed_now_, false);
}

void Prebooter::work() {
  auto seed_at = Clock::now();
  while (true) {
    if (is_asked_to_seed() || Clock::now() >= seed_at) {
      seed();
      seed_at = Clock::now() + kSeedAgain;
    }
    std::optional<std::string> key;
    {
      std::unique_lock lock{mutex_};
      if (stopping_) return;
      const Boxes gone = sort_out();
      key = demand_.next(Clock::now());
      lock.unlock();
    }
    if (key) {
      boot(*key);
      continue;
    }
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, kLook, [this] { return stopping_ || news_; });
    news_ = false;
  }
}

Prebooter::Boxes Prebooter::sort_out() {
  Boxes gone;
  const auto now = Clock::now();
  const auto drop = [&](const std::string& key, Kind& kind, std::size_t at) {
    gone.push_back(std::move(kind.waiting[at].box));
    kind.waiting.erase(kind.waiting.begin() + static_cast<std::ptrdiff_t>(at));
    demand_.went(key);
  };
  for (auto& [key, kind] : kinds_) {
    for (std::size_t i = kind.waiting.size(); i-- > 0;) {
      const Waiting& one = kind.waiting[i];
      if (now - one.since > kMaxAge || !one.box->waits()) drop(key, kind, i);
    }
  }
  while (const auto key = demand_.surplus(now)) drop(*key, kinds_.at(*key), 0);
  for (auto at = kinds_.begin(); at != kinds_.end();) {
    const bool useless = !demand_.knows(at->first) && at->second.waiting.empty();
    at = useless ? kinds_.erase(at) : std::next(at);
  }
  return gone;
}

std::uint64_t Prebooter::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [key, kind] : kinds_) sum += bytes_of(kind);
  return sum;
}

std::uint64_t Prebooter::bytes_of(const Kind& kind) {
  std::uint64_t sum = 0;
  for (const Waiting& one : kind.waiting) sum += one.box->memory_bytes();
  return sum;
}

void Prebooter::boot(const std::string& key) {
  SandboxPlan plan;
  {
    const std::lock_guard lock{mutex_};
    const Kind& kind = kinds_.at(key);
    // As much as the last one of its kind held, if there was one.
    if (bytes() + kind.bytes > config_.warm_up.preboots_max_bytes) {
      demand_.failed(key, Clock::now());
      return;
    }
    plan = kind.plan;
  }
  auto box = runner_.boot(plan, stop_);
  const std::lock_guard lock{mutex_};
  const auto found = kinds_.find(key);
  if (found == kinds_.end()) return;
  Kind& kind = found->second;
  if (!box) {
    const bool told = kind.reason == box.error().message;
    kind.reason = box.error().message;
    demand_.failed(key, Clock::now());
    if (stopping_ || told) return;
    log::warning("a program could not be started ahead of its job, jobs run without",
                 {{"language", kind.language},
                  {"toolchain", kind.toolchain},
                  {"step", kind.plan.step},
                  {"reason", kind.reason}});
    return;
  }
  kind.reason.clear();
  kind.bytes = (*box)->memory_bytes();
  if (bytes() + kind.bytes > config_.warm_up.preboots_max_bytes) {
    demand_.failed(key, Clock::now());
    return;
  }
  kind.waiting.push_back({*std::move(box), Clock::now()});
  demand_.came(key);
}

void Prebooter::seed_language(const Choice& choice, std::map<std::string, Kind>& seeds) const {
  if (config_.warm_up_of(choice.language->id) != config::WarmUp::full) return;
  JobRequest request;
  request.language = choice.language->id;
  request.source = choice.language->hello;
  auto admitted = admit(request, {}, *choice.catalogue, config_);
  if (!admitted) return;
  admitted->layers = layers_.ready(admitted->choice);
  const auto plans = plan_all(request, *admitted, config_, 1);
  if (!plans) return;  // a plugin that cannot plan its own hello is told so by jobs
  for (const SandboxPlan& plan : *plans) {
    if (!plan.preboot) continue;
    seeds.emplace(key_of(choice, plan), make_kind(choice, plan, admitted->layers));
  }
}

void Prebooter::seed() {
  std::map<std::string, Kind> seeds;
  for (const Choice& choice : languages_.current()->defaults()) seed_language(choice, seeds);
  const std::lock_guard lock{mutex_};
  const auto now = Clock::now();
  for (const std::string& key : seeds_) {
    if (seeds.count(key) == 0) demand_.seed(key, false, now);
  }
  seeds_.clear();
  for (auto& [key, kind] : seeds) {
    seeds_.push_back(key);
    demand_.seed(key, true, now);
    kinds_.emplace(key, std::move(kind));
  }
}

std::uint32_t Prebooter::waiting() const {
  const std::lock_guard lock{mutex_};
  return demand_.waiting();
}

std::vector<LanguageInfo::Preboot> Prebooter::preboots(const std::string& language) const {
  std::vector<LanguageInfo::Preboot> found;
  const std::lock_guard lock{mutex_};
  for (const auto& [key, kind] : kinds_) {
    const std::uint32_t target = demand_.target(key);
    if (kind.language != language || (target == 0 && kind.waiting.empty())) continue;
    found.push_back({kind.plan.step, kind.toolchain,
                     static_cast<std::uint32_t>(kind.waiting.size()), target, bytes_of(kind),
                     kind.reason});
  }
  return found;
}

}  // namespace cex::engine
