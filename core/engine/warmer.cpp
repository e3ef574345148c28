// SPDX-License-Identifier: Apache-2.0
#include "core/engine/warmer.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/policy/option_rules.hpp"
#include "core/sandbox/mount_table.hpp"
#include "core/warm/fingerprint.hpp"

namespace cex::engine {
namespace {

constexpr std::chrono::seconds kLookForChanges{60};
constexpr std::chrono::seconds kRetryFailed{300};
constexpr std::size_t kMaxTasks = 64;

std::string place_of(const warm::Layer& layer) {
  return std::string{sandbox::kLayersPlace} + "/" + layer.name();
}

}  // namespace

std::string layers_folder(const config::Config& config) {
  return config.data_dir + "/layers";
}

bool any_layers(const config::Config& config) {
  const auto wants = [&](const auto& language) {
    return config.warm_up_of(language.first) != config::WarmUp::off;
  };
  return config.warm_up.mode != config::WarmUp::off ||
         std::any_of(config.languages.begin(), config.languages.end(), wants);
}

Warmer::Warmer(const Catalogue& catalogue, const config::Config& config, BoxRunner& runner,
               MemoryBudget& memory)
    : config_{config},
      store_{layers_folder(config), config.warm_up.layers_max_bytes},
      builder_{config, runner, memory} {
  offer(catalogue);
  want_defaults(catalogue);
  thread_ = std::thread{[this] { work(); }};
}

void Warmer::want_defaults(const Catalogue& catalogue) {
  for (const Choice& choice : catalogue.defaults()) {
    if (config_.warm_up_of(choice.language->id) == config::WarmUp::off) continue;
    auto options =
        policy::check_options(choice.plugin->description.options, choice.language->id, {});
    if (options) tasks_.push_back({choice, *std::move(options), {}});
  }
}

void Warmer::offer(const Catalogue& catalogue) {
  offered_.clear();
  for (const Catalogue::Offer& offer : catalogue.offers()) {
    for (const auto& toolchain : *offer.toolchains) {
      offered_.insert({offer.language->id, toolchain.id, offer.plugin->info.sha256});
    }
  }
}

Warmer::Layers* Warmer::layers_of(const Choice& choice) {
  const Subject subject = subject_of(choice);
  return offered_.count(subject) == 0 ? nullptr : &subjects_[subject];
}

void Warmer::languages_changed(const Catalogue& catalogue) {
  const std::lock_guard lock{mutex_};
  offer(catalogue);
  std::erase_if(subjects_, [&](const auto& entry) { return offered_.count(entry.first) == 0; });
  // What waits may be another version's; jobs that still want it will ask again.
  tasks_.clear();
  want_defaults(catalogue);
  changed_.notify_all();
}

Warmer::~Warmer() {
  stop_.cancel();
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Warmer::Subject Warmer::subject_of(const Choice& choice) {
  return {choice.language->id, choice.toolchain->id, choice.plugin->info.sha256};
}

LayerSet Warmer::ready(const Choice& choice) {
  LayerSet set;
  const std::lock_guard lock{mutex_};
  const auto subject = subjects_.find(subject_of(choice));
  if (subject == subjects_.end()) return set;
  for (auto at = subject->second.begin(); at != subject->second.end();) {
    if (at->second.state != State::ready) {
      ++at;
      continue;
    }
    auto layer = store_.hold(at->second.name);
    if (layer == nullptr) {  // others needed its room
      at = subject->second.erase(at);
      continue;
    }
    set.places.push_back(at->first + "=" + place_of(*layer));
    set.held.push_back(std::move(layer));
    ++at;
  }
  return set;
}

void Warmer::wanted(const Choice& choice, const std::vector<std::string>& options,
                    const std::vector<std::string>& ids) {
  if (ids.empty() || config_.warm_up_of(choice.language->id) == config::WarmUp::off) return;
  const std::lock_guard lock{mutex_};
  Layers* known = layers_of(choice);
  if (known == nullptr) return;
  Layers& layers = *known;
  Task task{choice, options, {}};
  for (const std::string& id : ids) {
    const auto found = layers.find(id);
    if (found == layers.end()) {
      task.ids.push_back(id);
    } else if (found->second.state == State::ready) {
      store_.touch(found->second.name);
    } else if (found->second.state == State::failed && found->second.retry_at <= Clock::now()) {
      task.ids.push_back(id);
    }
  }
  if (task.ids.empty() || tasks_.size() >= kMaxTasks) return;
  for (const std::string& id : task.ids) layers[id] = Known{};
  tasks_.push_back(std::move(task));
  changed_.notify_all();
}

void Warmer::work() {
  auto next_look = Clock::now() + kLookForChanges;
  bool started = false;
  while (true) {
    std::unique_lock lock{mutex_};
    changed_.wait_until(lock, next_look, [this] { return stopping_ || !tasks_.empty(); });
    if (stopping_) return;
    if (!tasks_.empty()) {
      const Task task = std::move(tasks_.front());
      tasks_.pop_front();
      const bool last = tasks_.empty();
      lock.unlock();
      build(task);
      // What no toolchain of today asked for belongs to one that is gone.
      if (last && !started) store_.drop_unclaimed();
      started = started || last;
    } else {
      lock.unlock();
      look_for_changes();
    }
    if (Clock::now() >= next_look) next_look = Clock::now() + kLookForChanges;
  }
}

void Warmer::build(const Task& task) {
  const auto plans = builder_.plan(task.choice, task.options);
  if (!plans) {
    log::warning("no layers", {{"language", task.choice.language->id},
                               {"plugin", task.choice.plugin->info.id},
                               {"reason", plans.error().message}});
    for (const std::string& id : task.ids) note_failure(task, id, plans.error().message);
    return;
  }
  for (const std::string& id : task.ids) {
    const bool planned =
        std::any_of(plans->begin(), plans->end(), [&](const auto& plan) { return plan.id == id; });
    if (!planned) note_failure(task, id, "the plugin did not plan it");
  }
  for (const policy::LayerPlan& plan : *plans) {
    if (!stop_.cancelled()) take_up(task, plan);
  }
}

Result<std::shared_ptr<const warm::Layer>> Warmer::get(const Task& task,
                                                       const policy::LayerPlan& plan) {
  CEX_TRY(const std::string key, builder_.key(task.choice, plan));
  if (auto there = store_.find(key)) return there;
  log::info("building a layer", {{"language", task.choice.language->id}, {"layer", plan.id}});
  const auto begun = Clock::now();
  CEX_TRY(const FileSet files, builder_.build(plan, stop_));
  CEX_TRY(auto layer, store_.publish(key, files));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
  log::info("layer built", {{"language", task.choice.language->id},
                            {"layer", plan.id},
                            {"bytes", layer->bytes()},
                            {"duration_ms", static_cast<std::int64_t>(took.count())}});
  return layer;
}

void Warmer::take_up(const Task& task, const policy::LayerPlan& plan) {
  {
    const std::lock_guard lock{mutex_};
    Layers* layers = layers_of(task.choice);
    if (layers == nullptr) return;
    Known& entry = (*layers)[plan.id];
    if (entry.state == State::ready) return;
    entry.state = State::building;
  }
  const auto watched = LayerBuilder::watched(task.choice, plan);
  // Before the build: a change during it is found at the next look.
  const auto stamp = warm::fingerprint(watched);
  const auto layer = stamp ? get(task, plan) : tl::unexpected(stamp.error());
  if (!layer) {
    if (!stop_.cancelled()) note_failure(task, plan.id, layer.error().message);
    return;
  }
  const std::lock_guard lock{mutex_};
  Layers* layers = layers_of(task.choice);
  if (layers == nullptr) return;
  (*layers)[plan.id] = {
      State::ready, (*layer)->name(), (*layer)->bytes(), {},
      {},           *stamp,           watched,           {task.choice, task.options, {plan.id}}};
}

void Warmer::note_failure(const Task& task, const std::string& id, const std::string& why) {
  log::warning("a layer could not be built",
               {{"language", task.choice.language->id}, {"layer", id}, {"reason", why}});
  const std::lock_guard lock{mutex_};
  Layers* layers = layers_of(task.choice);
  if (layers == nullptr) return;
  Known& entry = (*layers)[id];
  entry.state = State::failed;
  entry.reason = why;
  entry.retry_at = Clock::now() + kRetryFailed;
}

void Warmer::look_for_changes() {
  std::vector<std::pair<Subject, Known>> all;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [subject, layers] : subjects_) {
      for (const auto& [id, entry] : layers) {
        if (entry.state == State::ready) all.emplace_back(subject, entry);
      }
    }
  }
  std::map<std::vector<std::string>, std::string> stamps;  // layers often watch the same folders
  for (const auto& [subject, entry] : all) {
    if (stop_.cancelled()) return;
    auto [stamp, fresh] = stamps.try_emplace(entry.watched);
    if (fresh) stamp->second = warm::fingerprint(entry.watched).value_or("");
    if (stamp->second == entry.stamp) continue;
    const std::string& id = entry.task.ids.front();
    log::info("a toolchain changed, its layer is built again",
              {{"language", entry.task.choice.language->id}, {"layer", id}});
    store_.drop(entry.name);
    const std::lock_guard lock{mutex_};
    Layers* layers = layers_of(entry.task.choice);
    if (layers == nullptr) continue;
    (*layers)[id] = Known{};
    tasks_.push_back(entry.task);
  }
}

std::vector<LanguageInfo::Layer> Warmer::layers(const std::string& language) const {
  static constexpr const char* kStates[] = {"building", "ready", "failed"};
  std::vector<LanguageInfo::Layer> found;
  const std::lock_guard lock{mutex_};
  for (const auto& [subject, layers] : subjects_) {
    if (subject.language != language) continue;
    for (const auto& [id, entry] : layers) {
      found.push_back({id, subject.toolchain, kStates[static_cast<std::size_t>(entry.state)],
                       entry.bytes, entry.reason});
    }
  }
  return found;
}

HealthCheck Warmer::check() const {
  std::size_t ready = 0;
  std::size_t building = 0;
  std::vector<std::string> failed;
  {
    const std::lock_guard lock{mutex_};
    building = tasks_.size();
    for (const auto& [subject, layers] : subjects_) {
      for (const auto& [id, entry] : layers) {
        if (entry.state == State::ready) ++ready;
        if (entry.state == State::failed) failed.push_back(id);
      }
    }
  }
  std::string detail = std::to_string(ready) + " layers ready";
  if (building > 0) detail += ", " + std::to_string(building) + " toolchains to do";
  if (failed.empty()) return {"warm-up", HealthCheck::State::ok, std::move(detail), {}};
  return {"warm-up", HealthCheck::State::degraded,
          detail + ", could not be built: " + join(failed, ", "),
          "jobs run, only slower; GET /v1/languages and the log have the reason"};
}

}  // namespace cex::engine
