// SPDX-License-Identifier: Apache-2.0
#include "server/dto/job_view.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "server/hub/sse.hpp"

namespace cex::dto {
namespace {

TEST(JobView, gives_text_as_it_is_and_other_bytes_as_base64) {
  JobView job;
  StepReport run;
  run.out.bytes = std::string("h\xc3\xa9\0", 4);
  run.err.bytes = "\xff\xfe";
  run.signal = 9;
  run.usage.wall = std::chrono::nanoseconds{1'734'567};
  job.runs.push_back(run);
  const auto value = to_json_value(job);
  const auto& step = value["runs"][0];
  EXPECT_EQ(step["stdout"], std::string("h\xc3\xa9\0", 4));
  EXPECT_EQ(step["stdout_encoding"], "utf8");
  EXPECT_EQ(step["stderr"], "//4=");
  EXPECT_EQ(step["stderr_encoding"], "base64");
  EXPECT_EQ(step["signal"], "SIGKILL");
  EXPECT_EQ(step["exit_code"], nullptr);
  EXPECT_EQ(step["wall_ms"].dump(), "1.734");
  EXPECT_EQ(value["status"], nullptr);
  EXPECT_EQ(value["compile"], nullptr);
}

TEST(JobView, names_signals) {
  EXPECT_EQ(signal_name(11), "SIGSEGV");
  EXPECT_EQ(signal_name(40), "SIG40");
}

TEST(Sse, keeps_hostile_output_on_one_ascii_line) {
  JobEvent event;
  event.sequence = 7;
  event.kind = JobEvent::Kind::err;
  event.bytes = "a\r\n\r\nevent: result\ndata: x\n\n\xe2\x80\xa8\x1b[0m";
  const std::string text = hub::render_event(event);
  EXPECT_EQ(
      text,
      "id: 7\nevent: stderr\ndata: {\"step\":\"run\",\"run\":0,\"data\":"
      "\"a\\r\\n\\r\\nevent: result\\ndata: x\\n\\n\\u2028\\u001b[0m\",\"encoding\":\"utf8\"}\n\n");
}

}  // namespace
}  // namespace cex::dto
