// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/interrupt.hpp"
#include "cli/remote/api.hpp"
#include "cli/remote/top_frame.hpp"
#include "cli/remote/top_sample.hpp"
#include "cli/remote/waiting.hpp"

namespace cex::cli {
namespace {

constexpr const char* kFromTheTop = "\x1b[H\x1b[2J";

// Rates need two looks, so the first frame comes after the first interval.
Result<int> show(const TopCommand& command) {
  CEX_TRY(HttpClient client, HttpClient::open(command.server));
  RemoteApi api{std::move(client)};
  CEX_TRY(TopSample before, take_sample(api));
  while (pause_for(command.interval)) {
    CEX_TRY(TopSample now, take_sample(api));
    const auto frame = make_frame(before, now);
    if (command.json) {
      std::printf("%s\n", frame.dump().c_str());
    } else {
      std::printf("%s%s", is_screen() && !command.once ? kFromTheTop : "",
                  render_frame(frame, has_colours()).c_str());
    }
    std::fflush(stdout);
    if (command.once) return kExitOk;
    before = std::move(now);
  }
  return kExitSignal + interrupted();
}

}  // namespace

int top(const TopCommand& command) {
  watch_for_interrupts();
  const auto status = show(command);
  return status ? *status : complain(status.error());
}

}  // namespace cex::cli
