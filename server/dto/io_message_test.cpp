// SPDX-License-Identifier: Apache-2.0
#include "server/dto/io_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::dto {
namespace {

using ::testing::HasSubstr;

TEST(IoMessage, is_input_its_end_a_signal_or_a_size) {
  EXPECT_EQ(std::get<IoInput>(*parse_io_message(R"({"type":"stdin","data":"h\n"})")).bytes, "h\n");
  EXPECT_EQ(
      std::get<IoInput>(*parse_io_message(R"({"type":"stdin","data":"AP8=","encoding":"base64"})"))
          .bytes,
      std::string("\0\xFF", 2));
  EXPECT_TRUE(std::holds_alternative<IoEnd>(*parse_io_message(R"({"type":"eof"})")));
  EXPECT_EQ(std::get<IoSignal>(*parse_io_message(R"({"type":"signal","signal":"SIGINT"})")).number,
            2);
  EXPECT_EQ(std::get<WindowSize>(*parse_io_message(R"({"type":"resize","rows":5,"cols":7})")),
            (WindowSize{5, 7}));
}

TEST(IoMessage, says_what_is_wrong) {
  const std::pair<const char*, const char*> cases[]{
      {"", "JSON"},
      {"stdin", "JSON"},
      {"[]", "object"},
      {"{}", "/type"},
      {R"({"type":"input"})", "/type"},
      {R"({"type":"stdin"})", "/data"},
      {R"({"type":"stdin","data":5})", "/data"},
      {R"({"type":"stdin","data":"!","encoding":"base64"})", "base64"},
      {R"({"type":"stdin","data":"","more":1})", "/more"},
      {R"({"type":"eof","data":""})", "/data"},
      {R"({"type":"signal"})", "/signal"},
      {R"({"type":"signal","signal":"SIGKILL"})", "SIGTERM"},
      {R"({"type":"signal","signal":9})", "/signal"},
      {R"({"type":"resize","rows":5})", "/cols"},
      {R"({"type":"resize","rows":0,"cols":5})", "/rows"},
      {R"({"type":"resize","rows":5,"cols":1001})", "/cols"},
  };
  for (const auto& [text, why] : cases) {
    const auto message = parse_io_message(text);
    ASSERT_FALSE(message) << text;
    EXPECT_THAT(message.error(), HasSubstr(why)) << text;
  }
}

}  // namespace
}  // namespace cex::dto
