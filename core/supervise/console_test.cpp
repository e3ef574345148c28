// SPDX-License-Identifier: Apache-2.0
#include "core/supervise/console.hpp"

#include <poll.h>

#include <gtest/gtest.h>

namespace cex::supervise {
namespace {

class ConsoleTest : public ::testing::Test {
 protected:
  [[nodiscard]] bool rings() const {
    pollfd wait{console.fd(), POLLIN, 0};
    return ::poll(&wait, 1, 0) == 1;
  }
  int roomy{0};
  Console console{std::chrono::milliseconds{1}, [this] { ++roomy; }};
};

TEST_F(ConsoleTest, gives_what_was_said_once) {
  EXPECT_FALSE(rings());
  EXPECT_TRUE(console.listen(true).nothing());
  EXPECT_FALSE(console.was_heard());
  EXPECT_EQ(console.write("abc"), 3U);
  EXPECT_TRUE(console.signal(2));
  console.resize({1, 2});
  console.resize({3, 4});
  EXPECT_TRUE(rings());
  const auto said = console.listen(true);
  EXPECT_EQ(said.input, "abc");
  EXPECT_EQ(said.signals, std::vector<int>{2});
  EXPECT_EQ(said.window, (WindowSize{3, 4}));
  EXPECT_TRUE(console.was_heard());
  EXPECT_FALSE(rings());
  EXPECT_TRUE(console.listen(true).nothing());
}

TEST_F(ConsoleTest, keeps_input_and_its_end_for_who_wants_it) {
  EXPECT_EQ(console.write("abc"), 3U);
  console.end_input();
  EXPECT_TRUE(console.listen(false).nothing());
  const auto said = console.listen(true);
  EXPECT_EQ(said.input, "abc");
  EXPECT_TRUE(said.input_ended);
  EXPECT_FALSE(console.listen(true).input_ended) << "told once";
  EXPECT_EQ(console.write("late"), 4U) << "taken, for nobody";
  EXPECT_EQ(console.listen(true).input, "");
}

TEST_F(ConsoleTest, takes_no_more_than_there_is_room_for_and_tells_when_there_is_again) {
  const std::string much(Console::kRoom + 10, 'x');
  EXPECT_EQ(console.write(much), Console::kRoom);
  EXPECT_EQ(console.write("y"), 0U);
  EXPECT_EQ(roomy, 0);
  EXPECT_EQ(console.listen(true).input.size(), Console::kRoom);
  EXPECT_EQ(roomy, 1);
  EXPECT_EQ(console.write("y"), 1U);
  EXPECT_EQ(console.listen(true).input, "y");
  EXPECT_EQ(roomy, 1) << "nobody waited";
}

TEST_F(ConsoleTest, bounds_signals) {
  for (std::size_t i = 0; i < Console::kMaxSignals; ++i) EXPECT_TRUE(console.signal(2));
  EXPECT_FALSE(console.signal(2));
  EXPECT_EQ(console.listen(true).signals.size(), Console::kMaxSignals);
}

TEST_F(ConsoleTest, lets_writers_go_when_nobody_listens_any_more) {
  EXPECT_EQ(console.write(std::string(Console::kRoom + 1, 'x')), Console::kRoom);
  console.close();
  EXPECT_EQ(roomy, 1);
  EXPECT_EQ(console.write("more"), 4U);
  EXPECT_TRUE(console.signal(2));
  EXPECT_TRUE(console.listen(true).input.empty());
}

}  // namespace
}  // namespace cex::supervise
