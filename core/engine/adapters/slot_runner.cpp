// SPDX-License-Identifier: Apache-2.0
#include "core/engine/adapters/slot_runner.hpp"

#include "core/network/proxy.hpp"
#include "core/sandbox/launch_image.hpp"
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
  auto lease = pool_.acquire(patience_);
  if (!lease) {
    outcome.failure = lease.error().message;
    outcome.no_slot = true;
    return outcome;
  }
  supervise::StepOrder step{
      order.plan, static_cast<const Archive&>(order.files).fd(), order.input, order.outputs, {}};
  if (order.observe) {
    step.observe = [&order](supervise::Stream stream, std::string_view piece) {
      order.observe(stream == supervise::Stream::err, piece);
    };
  }
  std::unique_ptr<network::Proxy> proxy;
  step.connect = [&](UniqueFd listener) -> Result<void> {
    CEX_TRY(proxy, network::Proxy::start(std::move(listener), settings_for(order.plan, network_)));
    return {};
  };
  outcome = supervise::run_step(*lease, step, cancel);
  if (proxy) outcome.network = proxy->stop();
  return outcome;
}

}  // namespace cex::engine
