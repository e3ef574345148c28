// SPDX-License-Identifier: Apache-2.0
#include "core/engine/adapters/slot_runner.hpp"

#include <cstdint>
#include <optional>

#include "core/network/proxy.hpp"
#include "core/sandbox/launch_image.hpp"
#include "core/supervise/booting.hpp"
#include "core/supervise/supervisor.hpp"

namespace cex::engine {
namespace {

class Archive final : public PreparedFiles {
 public:
  explicit Archive(UniqueFd fd) : fd_{std::move(fd)} {}
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
};

class LeasedBox final : public BootedBox {
 public:
  explicit LeasedBox(sandbox::SlotLease lease) : lease_{std::move(lease)} {}
  ~LeasedBox() override {
    if (booted_ && !used_) supervise::discard(lease_);
  }
  LeasedBox(const LeasedBox&) = delete;
  LeasedBox& operator=(const LeasedBox&) = delete;

  Result<void> boot(const SandboxPlan& plan, int archive, const supervise::CancelToken& cancel) {
    CEX_TRY(memory_bytes_, supervise::boot(lease_, plan, archive, cancel));
    booted_ = true;
    return {};
  }
  [[nodiscard]] sandbox::SlotLease& use() {
    used_ = true;
    return lease_;
  }
  [[nodiscard]] bool waits() const override { return !used_ && supervise::still_waits(lease_); }
  [[nodiscard]] std::uint64_t memory_bytes() const override { return memory_bytes_; }

 private:
  sandbox::SlotLease lease_;
  std::uint64_t memory_bytes_{0};
  bool booted_{false};
  bool used_{false};
};

// Jobs go before: a slot that is not free by then is theirs.
constexpr std::chrono::milliseconds kBootPatience{500};

network::ProxySettings settings_for(const SandboxPlan& plan,
                                    const config::NetworkSettings& network) {
  network::ProxySettings settings;
  settings.allow = plan.network;
  for (const std::string& text : network.permit_addresses) {
    if (const auto block = parse_ip_block(text)) settings.permitted.push_back(*block);
  }
  settings.dns_servers = network.dns_servers;
  settings.max_connections = network.max_connections;
  settings.max_total_connections = network.max_total_connections;
  settings.max_bytes = network.max_bytes;
  settings.connect_timeout = network.connect_timeout;
  settings.idle_timeout = network.idle_timeout;
  return settings;
}

}  // namespace

Result<std::unique_ptr<PreparedFiles>> SlotRunner::prepare(const FileSet& files) {
  CEX_TRY(UniqueFd fd, sandbox::make_archive(files));
  return std::make_unique<Archive>(std::move(fd));
}

StepOutcome SlotRunner::run(const BoxOrder& order, const supervise::CancelToken& cancel) {
  StepOutcome outcome;
  if (cancel.cancelled()) {
    outcome.why = WhyEnded::cancelled;
    return outcome;
  }
  std::optional<sandbox::SlotLease> own;
  if (order.booted == nullptr) {
    auto lease = pool_.acquire(patience_);
    if (!lease) {
      outcome.failure = lease.error().message;
      outcome.no_slot = true;
      return outcome;
    }
    own.emplace(*std::move(lease));
  }
  sandbox::SlotLease& lease = own ? *own : static_cast<LeasedBox&>(*order.booted).use();
  supervise::StepOrder step{
      order.plan, static_cast<const Archive&>(order.files).fd(), order.input, order.outputs, {}};
  step.console = order.console;
  step.booted = order.booted != nullptr;
  if (order.observe) {
    step.observe = [&order](supervise::Stream stream, std::string_view piece) {
      order.observe(stream == supervise::Stream::err, piece);
    };
  }
  std::unique_ptr<network::Proxy> proxy;
  step.connect = [&](UniqueFd listener) -> Result<void> {
    CEX_TRY(proxy,
            network::Proxy::start(std::move(listener), settings_for(order.plan, network_())));
    return {};
  };
  outcome = supervise::run_step(lease, step, cancel);
  if (proxy) outcome.network = proxy->stop();
  return outcome;
}

Result<std::unique_ptr<BootedBox>> SlotRunner::boot(const SandboxPlan& plan,
                                                    const supervise::CancelToken& cancel) {
  CEX_TRY(const UniqueFd archive, sandbox::make_archive(plan.files));
  CEX_TRY(auto lease, pool_.acquire(kBootPatience));
  auto box = std::make_unique<LeasedBox>(std::move(lease));
  CEX_CHECK(box->boot(plan, archive.get(), cancel));
  return box;
}

}  // namespace cex::engine
