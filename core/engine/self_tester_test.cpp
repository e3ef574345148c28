// SPDX-License-Identifier: Apache-2.0
#include "core/engine/self_tester.hpp"

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::engine {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::HasSubstr;
using State = HealthCheck::State;

// Hours between tests: the thread sleeps, and the tests below run the test by hand.
class Tester : public ::testing::Test {
 protected:
  Result<std::string> next_{std::string{}};
  const SelfTester::Time start_ = std::chrono::steady_clock::now();
  SelfTester tester_{[this] { return next_; }, hours{1}, "remark", start_};
};

TEST_F(Tester, tells_the_last_result_with_its_age) {
  const auto check = tester_.check(start_ + seconds{42});
  EXPECT_EQ(check.state, State::ok);
  EXPECT_THAT(check.detail, HasSubstr("42 s ago"));
  EXPECT_THAT(check.detail, HasSubstr("remark"));
  EXPECT_EQ(tester_.due(), start_ + hours{1});
}

TEST_F(Tester, fails_at_once_asks_again_soon_and_recovers) {
  next_ = fail(Errc::not_ready, "self-test: broken");
  tester_.run_once(start_);
  EXPECT_EQ(tester_.check(start_).state, State::failed);
  EXPECT_THAT(tester_.check(start_).detail, HasSubstr("broken"));
  EXPECT_EQ(tester_.due(), start_ + seconds{2});
  next_ = std::string{};
  tester_.run_once(start_ + seconds{2});
  EXPECT_EQ(tester_.check(start_ + seconds{2}).state, State::ok);
}

TEST_F(Tester, keeps_the_last_result_while_no_slot_is_free) {
  next_ = fail(Errc::queue_full, "no box is ready");
  tester_.run_once(start_ + hours{1});
  EXPECT_EQ(tester_.check(start_ + hours{1}).state, State::ok);
  EXPECT_EQ(tester_.due(), start_ + hours{1} + seconds{2});
  EXPECT_EQ(tester_.check(start_ + hours{4}).state, State::degraded);
}

TEST(SelfTester, repeats_by_itself) {
  std::atomic<int> runs{0};
  SelfTester tester{[&]() -> Result<std::string> {
                      ++runs;
                      throw std::runtime_error{"a bug"};
                    },
                    seconds{0}, "", std::chrono::steady_clock::now()};
  while (runs < 3) std::this_thread::yield();
  EXPECT_EQ(tester.check(std::chrono::steady_clock::now()).state, State::failed);
}

}  // namespace
}  // namespace cex::engine
