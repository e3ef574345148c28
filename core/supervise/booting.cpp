// SPDX-License-Identifier: Apache-2.0
#include "core/supervise/booting.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>

#include "core/base/text.hpp"
#include "core/sandbox/launch_image.hpp"
#include "core/sandbox/message.hpp"
#include "core/supervise/run_message.hpp"

namespace cex::supervise {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// What there is to read now; blocking descriptors stay so for whoever reads them later.
std::string peek(int pipe) {
  pollfd wait{pipe, POLLIN, 0};
  if (::poll(&wait, 1, 0) <= 0 || (wait.revents & POLLIN) == 0) return {};
  std::array<char, 500> buffer;
  const ssize_t got = ::read(pipe, buffer.data(), buffer.size());
  return got > 0 ? std::string{buffer.data(), static_cast<std::size_t>(got)} : std::string{};
}

std::string said_in(sandbox::SlotLease& lease) {
  return printable(peek(lease.cell().out.get()) + peek(lease.cell().err.get()));
}

Result<std::uint64_t> read_answer(sandbox::SlotLease& lease) {
  sandbox::Message message;
  CEX_TRY(auto received, sandbox::receive_message(lease.socket(), message));
  if (received.size == 0) return fail(Errc::system, "the launcher is gone");
  switch (message.header.type) {
    case wire::Type::booted: {
      const std::string said = said_in(lease);
      if (said.empty()) return message.booted.memory_bytes;
      // A job's output would begin with it.
      return fail(Errc::internal, "it printed before its job was there: " + said);
    }
    case wire::Type::exited:
      return fail(Errc::internal, "it ended before its job was there (" +
                                      sandbox::describe(message.exited.setup) + ") " +
                                      said_in(lease));
    case wire::Type::broken:
      return fail(Errc::system, sandbox::describe(message.report));
    default:
      return fail(Errc::internal, "the launcher sent an unexpected message");
  }
}

}  // namespace

Result<std::uint64_t> boot(sandbox::SlotLease& lease, const SandboxPlan& plan, int archive,
                           const CancelToken& cancel) {
  CEX_TRY(const UniqueFd image, sandbox::make_image(plan));
  wire::Run run = to_run(plan);
  run.header.type = wire::Type::boot;
  CEX_CHECK(sandbox::send_message(lease.socket(), &run, sizeof(run), {image.get(), archive}));
  const auto deadline = Clock::now() + plan.limits.wall;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || cancel.cancelled()) break;
    std::array<pollfd, 2> waits{{{lease.socket(), POLLIN, 0}, {cancel.fd(), POLLIN, 0}}};
    if (::poll(waits.data(), waits.size(), static_cast<int>(left)) < 0 && errno != EINTR) {
      return fail_errno("poll");
    }
    if (waits[0].revents != 0) return read_answer(lease);
  }
  discard(lease);
  return fail(Errc::internal, cancel.cancelled() ? "no longer wanted" : "it took too long");
}

void discard(sandbox::SlotLease& lease) {
  wire::Plain message{};
  message.header.type = wire::Type::kill;
  if (!sandbox::send_message(lease.socket(), &message, sizeof(message))) lease.mark_broken();
}

bool still_waits(const sandbox::SlotLease& lease) {
  pollfd wait{lease.socket(), POLLIN, 0};
  return ::poll(&wait, 1, 0) == 0;
}

}  // namespace cex::supervise
