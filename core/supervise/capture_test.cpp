// SPDX-License-Identifier: Apache-2.0
#include "core/supervise/capture.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace cex::supervise {
namespace {

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
  void put(std::string_view text) {
    ASSERT_EQ(::write(write.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  UniqueFd read;
  UniqueFd write;
};

TEST(Capture, keeps_exactly_the_limit_and_says_that_there_was_more) {
  Pipe pipe;
  std::string seen;
  Capture capture{std::move(pipe.read), 5, [&](std::string_view piece) { seen += piece; }};
  pipe.put("abc");
  capture.read_available();
  EXPECT_FALSE(capture.overflowed());
  pipe.put("defgh");
  capture.read_available();
  EXPECT_TRUE(capture.overflowed());
  EXPECT_EQ(capture.take().bytes, "abcde");
  EXPECT_EQ(seen, "abcde");
}

TEST(Capture, exactly_the_limit_is_not_too_much) {
  Pipe pipe;
  Capture capture{std::move(pipe.read), 3, {}};
  pipe.put("abc");
  pipe.write.reset();
  capture.read_available();
  EXPECT_FALSE(capture.overflowed());
  EXPECT_FALSE(capture.open());
  EXPECT_EQ(capture.take().bytes, "abc");
}

TEST(Capture, does_not_wait_for_a_writer_that_says_nothing) {
  Pipe pipe;
  Capture capture{std::move(pipe.read), 3, {}};
  capture.read_available();
  EXPECT_TRUE(capture.open());
}

}  // namespace
}  // namespace cex::supervise
