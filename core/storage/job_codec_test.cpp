// SPDX-License-Identifier: Apache-2.0
#include "core/storage/job_codec.hpp"

#include <gtest/gtest.h>

namespace cex::storage {
namespace {

const std::string kBytes{"\x00\xff\xfe z\n", 6};

TEST(JobCodec, gives_a_request_back_as_it_was) {
  JobRequest request;
  request.language = "python";
  request.source = kBytes;
  request.files.push_back({"a/b", std::make_shared<const std::string>(kBytes), true, false});
  request.entry = "a/b";
  request.stdin_bytes = kBytes;
  request.args = {"x", kBytes};
  request.env = {{"A", "1"}, {"B", "2"}};
  request.options = {{"std", "c++20"}};
  request.limits.wall = std::chrono::milliseconds{1500};
  request.limits.cpus_milli = 500;
  TestCase test;
  test.name = "t";
  test.expected_stdout = kBytes;
  test.compare = Compare::floats;
  test.epsilon = 1e-6;
  test.args = std::vector<std::string>{};
  request.tests.push_back(test);
  request.stop_on_failure = true;
  request.network = {"example.org:443"};
  request.ttl_s = 60;
  request.priority = 9;
  request.max_queue = std::chrono::milliseconds{5};

  const auto back = decode_request(encode(request));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->source, request.source);
  ASSERT_EQ(back->files.size(), 1U);
  EXPECT_EQ(*back->files[0].content, kBytes);
  EXPECT_TRUE(back->files[0].executable);
  EXPECT_EQ(back->entry, request.entry);
  EXPECT_EQ(back->stdin_bytes, kBytes);
  EXPECT_EQ(back->args, request.args);
  EXPECT_EQ(back->env, request.env);
  EXPECT_EQ(back->options, request.options);
  EXPECT_EQ(back->limits, request.limits);
  EXPECT_EQ(back->compile_limits, request.compile_limits);
  ASSERT_EQ(back->tests.size(), 1U);
  EXPECT_EQ(back->tests[0].expected_stdout, kBytes);
  EXPECT_EQ(back->tests[0].compare, Compare::floats);
  EXPECT_EQ(back->tests[0].epsilon, 1e-6);
  EXPECT_TRUE(back->tests[0].args);
  EXPECT_FALSE(back->tests[0].stdin_bytes);
  EXPECT_TRUE(back->stop_on_failure);
  EXPECT_EQ(back->network, request.network);
  EXPECT_EQ(back->ttl_s, request.ttl_s);
  EXPECT_EQ(back->priority, 9U);
  EXPECT_EQ(back->max_queue, request.max_queue);
}

TEST(JobCodec, gives_a_result_and_its_events_back) {
  JobView view;
  view.id = "id";
  view.tenant = "t";
  view.state = JobState::finished;
  view.status = Verdict::time_limit;
  view.created_at = WallTime{std::chrono::nanoseconds{1'700'000'000'123'456'789}};
  view.labels = {{"k", "v"}};
  view.compile.emplace();
  view.compile->diagnostics.push_back({"a.c", 3, 4, Severity::warning, "W1", "odd"});
  StepReport run;
  run.out = {kBytes, true};
  run.signal = 9;
  run.usage = {std::chrono::nanoseconds{5}, std::chrono::nanoseconds{6}, 7};
  run.verdict = TestVerdict::wrong_answer;
  view.runs.push_back(run);
  const auto back = decode_view(encode(view));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->created_at, view.created_at);
  EXPECT_EQ(back->status, view.status);
  EXPECT_EQ(back->tenant, "t");
  EXPECT_EQ(back->labels, view.labels);
  EXPECT_EQ(back->compile->diagnostics.at(0).severity, Severity::warning);
  EXPECT_EQ(back->runs.at(0).out.bytes, kBytes);
  EXPECT_TRUE(back->runs.at(0).out.truncated);
  EXPECT_EQ(back->runs.at(0).signal, 9);
  EXPECT_FALSE(back->runs.at(0).exit_code);
  EXPECT_EQ(back->runs.at(0).usage.cpu.count(), 6);
  EXPECT_EQ(back->runs.at(0).verdict, TestVerdict::wrong_answer);

  JobEvent event;
  event.sequence = 7;
  event.kind = JobEvent::Kind::err;
  event.bytes = kBytes;
  const auto events = decode_events(encode(std::vector{event}));
  ASSERT_TRUE(events);
  EXPECT_EQ(events->at(0).sequence, 7U);
  EXPECT_EQ(events->at(0).kind, JobEvent::Kind::err);
  EXPECT_EQ(events->at(0).bytes, kBytes);
}

TEST(JobCodec, refuses_what_is_damaged) {
  const std::string good = encode(JobRequest{});
  EXPECT_FALSE(decode_request(good.substr(0, good.size() / 2)));
  EXPECT_FALSE(decode_request("\x82\x01\x02"));
  EXPECT_FALSE(decode_events(good));
  EXPECT_FALSE(decode_view(""));
}

}  // namespace
}  // namespace cex::storage
