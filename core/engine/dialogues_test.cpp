// SPDX-License-Identifier: Apache-2.0
#include "core/engine/dialogues.hpp"

#include <gtest/gtest.h>

namespace cex::engine {
namespace {

constexpr Interactive kPipes{};
constexpr Interactive kTerminal{WindowSize{}};

TEST(Dialogues, bring_what_clients_say_before_the_start_to_the_run) {
  Dialogues dialogues{std::chrono::seconds{1}};
  {
    const auto first = dialogues.join("job", kPipes, [] {});
    EXPECT_EQ(first->write("one "), 4U);
  }
  const auto second = dialogues.join("job", kPipes, [] {});
  EXPECT_EQ(second->write("two"), 3U);
  EXPECT_EQ(dialogues.console("job")->listen(true).input, "one two");
  EXPECT_TRUE(dialogues.console("other")->listen(true).nothing());
}

TEST(Dialogues, tell_every_client_when_there_is_room_again) {
  Dialogues dialogues{std::chrono::seconds{1}};
  int first_told = 0;
  int second_told = 0;
  const auto first = dialogues.join("job", kPipes, [&] { ++first_told; });
  const auto second = dialogues.join("job", kPipes, [&] { ++second_told; });
  const int before = first_told;
  const std::string much(supervise::Console::kRoom + 1, 'x');
  EXPECT_EQ(first->write(much), supervise::Console::kRoom);
  EXPECT_FALSE(dialogues.console("job")->listen(true).input.empty());
  EXPECT_EQ(first_told, before + 1);
  EXPECT_EQ(second_told, first_told);
}

TEST(Dialogues, know_whether_there_is_a_window_to_resize) {
  Dialogues dialogues{std::chrono::seconds{1}};
  EXPECT_FALSE(dialogues.join("job", kPipes, [] {})->resize({1, 2}));
  EXPECT_TRUE(dialogues.join("job", kTerminal, [] {})->resize({1, 2}));
  EXPECT_EQ(dialogues.console("job")->listen(true).window, (WindowSize{1, 2}));
}

TEST(Dialogues, let_clients_outlive_the_job) {
  Dialogues dialogues{std::chrono::seconds{1}};
  const auto client = dialogues.join("job", kPipes, [] {});
  dialogues.end("job");
  EXPECT_EQ(client->write("nobody"), 6U);
  EXPECT_TRUE(client->signal(2));
  EXPECT_TRUE(dialogues.console("job")->listen(true).nothing()) << "another of the same name";
}

}  // namespace
}  // namespace cex::engine
