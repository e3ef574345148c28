// SPDX-License-Identifier: Apache-2.0
#include "core/engine/adapters/slot_runner.hpp"

#include "core/sandbox/launch_image.hpp"
#include "core/supervise/supervisor.hpp"

namespace cex::engine {
namespace {

// A ready cell is normally there at once; after a launcher's death it takes a moment.
constexpr std::chrono::seconds kPatience{20};

class Archive final : public PreparedFiles {
 public:
  explicit Archive(UniqueFd fd) : fd_{std::move(fd)} {}
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
};

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
  auto lease = pool_.acquire(kPatience);
  if (!lease) {
    outcome.failure = lease.error().message;
    return outcome;
  }
  supervise::StepOrder step{order.plan, static_cast<const Archive&>(order.files).fd(), order.input,
                            order.outputs, {}};
  if (order.observe) {
    step.observe = [&order](supervise::Stream stream, std::string_view piece) {
      order.observe(stream == supervise::Stream::err, piece);
    };
  }
  return supervise::run_step(*lease, step, cancel);
}

}  // namespace cex::engine
