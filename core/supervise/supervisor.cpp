// SPDX-License-Identifier: Apache-2.0
#include "core/supervise/supervisor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "core/launcher/wire.hpp"
#include "core/sandbox/launch_image.hpp"
#include "core/sandbox/outputs.hpp"
#include "core/supervise/accounting.hpp"
#include "core/supervise/capture.hpp"
#include "core/supervise/conversation.hpp"
#include "core/supervise/run_message.hpp"
#include "core/supervise/stdin_feeder.hpp"

namespace cex::supervise {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

// How long the launcher may take over an order to end a box before the slot counts as lost. Killing
// sixty spinning processes takes 30 ms; freeing gigabytes takes a second.
constexpr std::chrono::seconds kPatience{30};
constexpr milliseconds kLongestNap{50};
constexpr milliseconds kShortestNap{2};
constexpr std::uint64_t kMaxCollectedFile = std::uint64_t{256} << 20U;

class Supervision {
 public:
  Supervision(sandbox::SlotLease& lease, const StepOrder& order, const CancelToken& cancel)
      : lease_{lease},
        order_{order},
        cancel_{cancel},
        out_{std::move(lease.cell().out), order.plan.limits.output_bytes, observer(Stream::out)},
        err_{std::move(lease.cell().err), order.plan.limits.output_bytes, observer(Stream::err)} {
    if (order.console != nullptr) talk_.emplace(*order.console, lease.socket());
  }

  StepOutcome run() {
    if (auto begun = begin(); !begun) return lost(begun.error().message);
    while (!exited_) {
      if (auto stepped = step(); !stepped) return lost(stepped.error().message);
    }
    return conclude();
  }

 private:
  std::function<void(std::string_view)> observer(Stream stream) {
    if (!order_.observe) return {};
    return [this, stream](std::string_view piece) {
      if (talk_) talk_->stir(Clock::now());
      order_.observe(stream, piece);
    };
  }

  Result<void> begin() {
    std::vector<int> fds{order_.archive};
    UniqueFd image;
    if (!order_.booted) {
      CEX_TRY(image, sandbox::make_image(order_.plan));
      fds.insert(fds.begin(), image.get());
    }
    const wire::Run run = to_run(order_.plan);
    // Written ahead, so that a program finds its whole input or a reader that keeps up.
    // A terminal gets it when there is one.
    const std::string_view input = order_.plan.terminal ? std::string_view{} : order_.input;
    stdin_.emplace(std::move(lease_.cell().in), input, after_input());
    started_ = Clock::now();
    return sandbox::send_message(lease_.socket(), &run, sizeof(run), fds);
  }

  Result<void> step() {
    enum : std::size_t { kSocket, kCancel, kOut, kErr, kIn, kTalk, kCount };
    std::array<pollfd, kCount> waits{};
    waits[kSocket] = {lease_.socket(), POLLIN, 0};
    // Negative descriptors are passed over by poll.
    waits[kCancel] = {why_ ? -1 : cancel_.fd(), POLLIN, 0};
    waits[kOut] = {out_.overflowed() ? -1 : out_.fd(), POLLIN, 0};
    waits[kErr] = {err_.overflowed() ? -1 : err_.fd(), POLLIN, 0};
    waits[kIn] = {stdin_->waits() ? stdin_->fd() : -1, POLLOUT, 0};
    waits[kTalk] = {talk_ && !why_ ? talk_->fd() : -1, POLLIN, 0};
    if (::poll(waits.data(), waits.size(), nap()) < 0 && errno != EINTR) return fail_errno("poll");

    if (waits[kOut].revents != 0) out_.read_available();
    if (waits[kErr].revents != 0) err_.read_available();
    if (waits[kIn].revents != 0) stdin_->feed();
    const bool fed = waits[kIn].revents != 0 && !stdin_->waits();
    if (talk_ && (waits[kTalk].revents != 0 || fed)) {
      CEX_CHECK(talk_->carry(*stdin_, Clock::now()));
    }
    if (waits[kSocket].revents != 0) CEX_CHECK(read_message());
    return check_limits(waits[kCancel].revents != 0);
  }

  // Until the next moment at which a limit could be passed: CPU time cannot grow faster than the
  // wall clock times the CPUs that the job may use.
  [[nodiscard]] int nap() const {
    if (why_ || !accounting_) return static_cast<int>(kLongestNap.count());
    const Limits& limits = order_.plan.limits;
    const nanoseconds wall_left = limits.wall - (Clock::now() - started_);
    const nanoseconds cpu_left = (limits.cpu - cpu_seen_) * 1000 / std::max(limits.cpus_milli, 1U);
    const auto wanted = std::chrono::ceil<milliseconds>(std::min(wall_left, cpu_left));
    return static_cast<int>(std::clamp(wanted, kShortestNap, kLongestNap).count());
  }

  Result<void> check_limits(bool cancelled) {
    if (exited_) return {};
    const auto now = Clock::now();
    if (why_) {
      if (now - killed_at_ > kPatience) {
        return fail(Errc::system, "the box did not end when it was told to");
      }
      return {};
    }
    if (cancelled) return end(WhyEnded::cancelled);
    if (!accounting_) {
      if (now - started_ > kPatience) return fail(Errc::system, "the box did not start");
      return {};
    }
    cpu_seen_ = accounting_->cpu();
    if (out_.overflowed() || err_.overflowed()) return end(WhyEnded::output_limit);
    if (accounting_->out_of_memory()) return end(WhyEnded::memory_limit);
    if (cpu_seen_ > order_.plan.limits.cpu) return end(WhyEnded::cpu_limit);
    if (now - started_ >= order_.plan.limits.wall) return end(WhyEnded::wall_limit);
    if (talk_ && talk_->is_idle(now)) return end(WhyEnded::idle);
    return {};
  }

  // The first cause is kept; what happens to the program afterwards is our own doing.
  Result<void> end(WhyEnded why) {
    why_ = why;
    killed_at_ = Clock::now();
    wire::Plain message{};
    message.header.type = wire::Type::kill;
    return sandbox::send_message(lease_.socket(), &message, sizeof(message));
  }

  Result<void> read_message() {
    sandbox::Message message;
    CEX_TRY(auto received, sandbox::receive_message(lease_.socket(), message));
    if (received.size == 0) return fail(Errc::system, "the launcher is gone");
    switch (message.header.type) {
      case wire::Type::started:
        // From here on time counts: the slot's moment, not that of our waking up.
        started_ = Clock::time_point{nanoseconds{message.started.at_ns}};
        accounting_.emplace(lease_.cell().cpu_file.get(), lease_.cell().memory_file.get(),
                            nanoseconds{message.started.cpu_ns}, message.started.oom_kills);
        return hand_over(received.fds);
      case wire::Type::exited:
        exited_ = message.exited;
        return {};
      case wire::Type::clean:
        clean_ = true;
        return {};
      case wire::Type::broken:
        return fail(Errc::system, sandbox::describe(message.report));
      default:
        return fail(Errc::internal, "the launcher sent an unexpected message");
    }
  }

  [[nodiscard]] StdinFeeder::AfterIt after_input() const {
    return talk_ ? StdinFeeder::AfterIt::more : StdinFeeder::AfterIt::close;
  }

  Result<void> hand_over(std::vector<UniqueFd>& fds) {
    const bool network = !order_.plan.network.empty();
    const bool terminal = order_.plan.terminal.has_value();
    if (fds.size() != (network ? 1U : 0U) + (terminal ? 1U : 0U) || (network && !order_.connect)) {
      return fail(Errc::internal, "the box's network or terminal could not be handed over");
    }
    if (network) CEX_CHECK(order_.connect(std::move(fds.front())));
    if (terminal) CEX_CHECK(speak_through(fds.back()));
    if (talk_) talk_->begin(terminal ? std::move(fds.back()) : UniqueFd{}, Clock::now());
    return {};
  }

  // The box's pipes are of no use then: its stdin, stdout and stderr are one terminal.
  Result<void> speak_through(const UniqueFd& terminal) {
    UniqueFd in{::fcntl(terminal.get(), F_DUPFD_CLOEXEC, 0)};
    UniqueFd out{::fcntl(terminal.get(), F_DUPFD_CLOEXEC, 0)};
    if (!in || !out) return fail_errno("dup of a terminal");
    out_.move_to(std::move(out));
    stdin_.emplace(std::move(in), order_.input, after_input());
    return {};
  }

  StepOutcome conclude() {
    // The main process is gone; what it wrote is in the pipes. Whatever else holds them is being
    // killed, and is not waited for.
    drain(out_);
    drain(err_);
    StepOutcome outcome;
    fill(outcome);
    outcome.disk_full = disk_is_full();
    const bool wants_files = !order_.outputs.empty() && outcome.why == WhyEnded::exited;
    if (wants_files || outcome.why == WhyEnded::cancelled) finish_box(outcome, wants_files);
    outcome.out = out_.take();
    outcome.err = err_.take();
    return outcome;
  }

  static void drain(Capture& capture) {
    std::size_t before = 0;
    do {
      before = capture.size();
      capture.read_available();
    } while (capture.open() && !capture.overflowed() && capture.size() > before);
  }

  void fill(StepOutcome& outcome) const {
    const wire::Exited& exited = *exited_;
    outcome.usage.wall = nanoseconds{exited.wall_ns};
    outcome.usage.cpu = nanoseconds{exited.cpu_ns};
    outcome.usage.memory_peak_bytes = exited.memory_peak;
    outcome.process_limit_hit = exited.fork_refusals > 0;
    if (exited.setup.stage != wire::Stage::none) {
      outcome.why = WhyEnded::box_failed;
      outcome.failure = sandbox::describe(exited.setup);
      if (exited.setup.stage == wire::Stage::exec) outcome.exec_error = exited.setup.sys_errno;
      return;
    }
    if (exited.killed == 0) {
      if (WIFSIGNALED(exited.wait_status)) outcome.signal = WTERMSIG(exited.wait_status);
      if (WIFEXITED(exited.wait_status)) outcome.exit_code = WEXITSTATUS(exited.wait_status);
    } else {
      outcome.signal = SIGKILL;
    }
    outcome.why = why_.value_or(first_cause(exited));
  }

  // Limits that a program ran into by itself, between two looks of ours.
  [[nodiscard]] WhyEnded first_cause(const wire::Exited& exited) const {
    if (exited.oom_kills > 0) return WhyEnded::memory_limit;
    if (out_.overflowed() || err_.overflowed()) return WhyEnded::output_limit;
    if (nanoseconds{exited.cpu_ns} > order_.plan.limits.cpu) return WhyEnded::cpu_limit;
    if (nanoseconds{exited.wall_ns} > order_.plan.limits.wall) return WhyEnded::wall_limit;
    // Nobody told it to go, and no limit did: somebody outside killed the box.
    if (exited.killed != 0) return WhyEnded::box_failed;
    return WhyEnded::exited;
  }

  [[nodiscard]] bool disk_is_full() const {
    struct statfs status {};
    if (::fstatfs(lease_.cell().box_dir.get(), &status) != 0) return false;
    return status.f_bfree == 0 || status.f_ffree == 0;
  }

  // Waits for the proof that nothing of the box lives; only then may its files be touched.
  void finish_box(StepOutcome& outcome, bool wants_files) {
    const auto deadline = Clock::now() + kPatience;
    while (!clean_) {
      pollfd wait{lease_.socket(), POLLIN, 0};
      const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
      if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) < 0) {
        if (left.count() > 0 && errno == EINTR) continue;
        return spoil(outcome, "the box was not proved empty in time");
      }
      if (wait.revents == 0) continue;
      if (auto read = read_message(); !read) return spoil(outcome, read.error().message);
    }
    if (wants_files) {
      const sandbox::CollectLimits limits{order_.plan.max_output_files,
                                          order_.plan.max_output_files_bytes, kMaxCollectedFile};
      auto files = sandbox::collect(lease_.cell().box_dir.get(), order_.outputs, limits);
      if (!files) return spoil(outcome, files.error().message);
      outcome.outputs = std::move(files->files);
      outcome.outputs_truncated = files->truncated;
    }
    // Its memory is charged to the job's group until the descriptor is closed.
    lease_.cell().box_dir.reset();
    wire::Plain message{};
    message.header.type = wire::Type::release;
    if (auto sent = sandbox::send_message(lease_.socket(), &message, sizeof(message)); !sent) {
      lease_.mark_broken();
    }
  }

  // Whoever hears of the end may count on it: nothing of a box outlives the answer, though its slot
  // is lost. The slot ends with our end of its socket, its box with the slot.
  void await_end() {
    ::shutdown(lease_.socket(), SHUT_RDWR);
    const auto deadline = Clock::now() + kPatience;
    pollfd wait{lease_.cell().init.get(), POLLIN, 0};
    while (wait.revents == 0 && Clock::now() < deadline) {
      const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
      static_cast<void>(::poll(&wait, 1, static_cast<int>(left.count())));  // EINTR: once more
    }
  }

  void spoil(StepOutcome& outcome, const std::string& why) {
    lease_.mark_broken();
    await_end();
    outcome.why = WhyEnded::box_failed;
    outcome.failure = why;
  }

  StepOutcome lost(const std::string& why) {
    StepOutcome outcome;
    spoil(outcome, why);
    outcome.out = out_.take();
    outcome.err = err_.take();
    return outcome;
  }

  sandbox::SlotLease& lease_;
  const StepOrder& order_;
  const CancelToken& cancel_;
  std::optional<Accounting> accounting_;  // once the job has started
  Capture out_;
  Capture err_;
  std::optional<StdinFeeder> stdin_;
  std::optional<Conversation> talk_;
  std::optional<wire::Exited> exited_;
  bool clean_{false};
  std::optional<WhyEnded> why_;
  Clock::time_point started_;  // until the slot says so: when it was told to
  Clock::time_point killed_at_;
  nanoseconds cpu_seen_{};
};

}  // namespace

StepOutcome run_step(sandbox::SlotLease& lease, const StepOrder& order, const CancelToken& cancel) {
  return Supervision{lease, order, cancel}.run();
}

}  // namespace cex::supervise
