// SPDX-License-Identifier: Apache-2.0
// What the engine says of itself.
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/text.hpp"
#include "core/engine/engine.hpp"

namespace cex::engine {

// One line for all that weakens: readiness is asked for often, and cex doctor has the details.
HealthCheck Engine::host_check() const {
  using State = HealthCheck::State;
  std::vector<std::string> names;
  for (const auto& check : parts_.host_checks) {
    if (check.state != State::ok) names.push_back(check.name);
  }
  if (names.empty()) return {"host", State::ok, "nothing found that weakens boxes", {}};
  return {"host", State::degraded, "weakened by: " + join(names, ", "),
          "cex doctor tells what each means and what to do"};
}

HealthCheck Engine::slots_check() const {
  using State = HealthCheck::State;
  const auto slots = parts_.pool->status();
  if (slots.launchers == 0) {
    return {"slots", State::failed, "the last launcher died: no boxes can be made",
            "restart the server; see its log"};
  }
  if (slots.quarantined > 0) {
    return {"slots", slots.quarantined == slots.slots ? State::failed : State::degraded,
            std::to_string(slots.quarantined) + " of " + std::to_string(slots.slots) +
                " slots are quarantined",
            "see the server's log; what it calls quarantined for good needs a restart"};
  }
  if (slots.launchers == 1) {
    return {"slots", State::degraded, "in service, but no spare launcher is left",
            "restart the server when it suits; see its log"};
  }
  return {"slots", State::ok, std::to_string(slots.slots) + " in service", {}};
}

HealthCheck Engine::memory_check() const {
  const auto status = memory_.status();
  std::string detail = std::to_string(status.promised >> 20U) + " of " +
                       std::to_string(status.total >> 20U) + " MiB promised to running steps";
  if (status.waiting > 0) detail += ", " + std::to_string(status.waiting) + " waiting for memory";
  return {"memory", HealthCheck::State::ok, std::move(detail), {}};
}

std::vector<HealthCheck> Engine::readiness() {
  using State = HealthCheck::State;
  std::vector<HealthCheck> checks;
  if (draining_) {
    checks.push_back({"accepting", State::failed, "the server is shutting down", {}});
    return checks;
  }
  checks.push_back({"accepting", State::ok, "jobs are taken", {}});
  if (parts_.pool) {
    checks.push_back(tester_->check(std::chrono::steady_clock::now()));
    checks.push_back(host_check());
  }
  for (const auto& check : parts_.host_checks) {
    if (check.name == "user ids") checks.push_back(check);
  }
  if (parts_.pool) {
    checks.push_back(slots_check());
    checks.push_back(memory_check());
  }
  if (warmer_) checks.push_back(warmer_->check());
  if (auto audit = parts_.audit->health(); !audit) {
    const bool goes_on = parts_.config.audit.on_failure == config::AuditFailure::degrade;
    checks.push_back(
        {"audit", goes_on ? State::degraded : State::failed, audit.error().message,
         goes_on ? "restore it; it is tried again by itself" : "restore it and restart"});
  } else {
    checks.push_back({"audit", State::ok, "written", {}});
  }
  if (parts_.languages->current()->any_usable()) {
    checks.push_back({"languages", State::ok, "at least one is usable", {}});
  } else {
    checks.push_back(
        {"languages", State::failed, "none is usable",
         parts_.pool ? "install a plugin and its toolchain; GET /v1/languages names what is missing"
                     : "start a worker; none announces a language that it can run"});
  }
  checks.push_back(parts_.store->check());
  return checks;
}

EngineStatus Engine::status() const {
  EngineStatus status;
  if (parts_.pool) {
    const auto slots = parts_.pool->status();
    status.cells_made = slots.made;
    status.slots = slots.slots;
    status.slots_ready = slots.ready;
    status.slots_preboots = prebooter_ ? prebooter_->waiting() : 0;
    status.slots_quarantined = slots.quarantined;
  }
  if (const auto shared = parts_.store->cluster()) {
    status.cluster = metrics::Cluster{.connected = shared->connected,
                                      .redelivered = shared->redelivered,
                                      .given_up = shared->given_up,
                                      .lost = shared->lost};
  }
  const AuditStatus audit = parts_.audit->status();
  status.audit_sequence = audit.sequence;
  status.audit_hash = audit.hash;
  status.audit_unsynced = audit.unsynced;
  status.audit_lag_s = audit.lag_s;
  status.audit_lost = audit.lost;
  status.queued = parts_.store->queued();
  status.queued_bytes = parts_.store->queued_bytes();
  status.callbacks = parts_.store->callbacks_waiting().value_or(0);
  const std::lock_guard lock{mutex_};
  status.running = static_cast<std::uint32_t>(running_.size());
  return status;
}

}  // namespace cex::engine
