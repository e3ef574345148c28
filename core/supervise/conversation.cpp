// SPDX-License-Identifier: Apache-2.0
#include "core/supervise/conversation.hpp"

#include <sys/ioctl.h>
#include <termios.h>

#include <algorithm>

#include "core/launcher/wire.hpp"
#include "core/sandbox/message.hpp"

namespace cex::supervise {
namespace {

constexpr bool all_are_sendable() {
  return std::all_of(kSendableSignals.begin(), kSendableSignals.end(),
                     [](const auto& entry) { return wire::is_sendable(entry.second); });
}
static_assert(all_are_sendable(), "the launcher passes on what a client may ask for");

Result<void> send_signal(int slot_socket, int number) {
  wire::Signal message{};
  message.header.type = wire::Type::signal;
  message.number = number;
  return sandbox::send_message(slot_socket, &message, sizeof(message));
}

}  // namespace

void Conversation::begin(UniqueFd terminal, Clock::time_point now) {
  terminal_ = std::move(terminal);
  begun_ = true;
  last_word_ = now;
}

Result<void> Conversation::carry(StdinFeeder& feeder, Clock::time_point now) {
  Console::Said said = console_.listen(!feeder.waits());
  if (said.nothing()) return {};
  last_word_ = now;
  // First, for a program that is asked to stop may not read any more.
  for (const int number : said.signals) CEX_CHECK(send_signal(slot_socket_, number));
  if (said.window && terminal_) {
    const winsize size{said.window->rows, said.window->cols, 0, 0};
    ::ioctl(terminal_.get(), TIOCSWINSZ, &size);  // fails once the program is gone
  }
  if (terminal_ && said.input_ended) said.input += end_of_input();
  if (!said.input.empty()) feeder.add(std::move(said.input));
  if (!terminal_ && said.input_ended) feeder.end();
  return {};
}

// A terminal stays open for its output, so its end of input is a key, which the program may have
// changed.
std::string Conversation::end_of_input() const {
  constexpr char kControlD = 4;
  termios line{};
  const bool known = ::tcgetattr(terminal_.get(), &line) == 0;
  return {known ? static_cast<char>(line.c_cc[VEOF]) : kControlD};
}

}  // namespace cex::supervise
