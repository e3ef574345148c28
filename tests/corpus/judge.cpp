// SPDX-License-Identifier: Apache-2.0
#include "tests/corpus/judge.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "core/base/text.hpp"
#include "tests/corpus/machine.hpp"
#include "tests/corpus/warm.hpp"

namespace cex::test {
namespace {

// What an honest job looks like beside a hostile one: it computes, allocates, writes and forks.
constexpr const char* kNeighbour = R"(
import os, subprocess, tempfile
rows = [bytes(1 << 20) for _ in range(40)]
total = 0
for i in range(2_000_000):
    total += i * i % 7
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x" * (1 << 20))
    file.flush()
    assert os.stat(file.name).st_size == 1 << 20
print(subprocess.run(["/bin/echo", str(total)], capture_output=True, text=True).stdout.strip())
)";
constexpr const char* kNeighbourSays = "3999997\n";

std::string fill_in(std::string text) {
  for (const auto& [name, value] : Machine::get().outside().facts()) {
    const std::string hole = "{" + name + "}";
    const auto at = text.find(hole);
    if (at != std::string::npos) text.replace(at, hole.size(), value);
  }
  return text;
}

// A slow machine gets more time, never more of anything else.
void stretch(LimitsRequest& limits) {
  if (limits.wall) *limits.wall *= time_factor();
  if (limits.cpu) *limits.cpu *= time_factor();
}

JobRequest request_for(const Program& program, const FileSet& helpers,
                       const std::string& last_arg) {
  JobRequest request;
  request.language = program.language;
  if (program.language == "c") {
    BoxFile file;
    file.path = "main.c";
    file.content = std::make_shared<const std::string>(program.source);
    request.files = helpers;
    request.files.push_back(std::move(file));
    request.entry = "main.c";
  } else {
    request.source = program.source;
  }
  for (const auto& arg : program.args) request.args.push_back(fill_in(arg));
  if (!last_arg.empty()) request.args.push_back(last_arg);
  request.stdin_bytes = program.input;
  if (time_factor() > 1) request.env = {{"CEX_TIME_FACTOR", std::to_string(time_factor())}};
  request.artifacts = program.artifacts;
  request.limits = program.limits;
  request.compile_limits = program.compile_limits;
  stretch(request.limits);
  stretch(request.compile_limits);
  return in_warm_box(program, std::move(request));
}

JobRequest neighbour() {
  JobRequest request;
  request.language = "python";
  request.source = kNeighbour;
  request.limits.wall = std::chrono::seconds{20} * time_factor();
  request.limits.cpu = std::chrono::seconds{10} * time_factor();
  return request;
}

void no_secret_in(const JobView& job) {
  const std::string& secret = Machine::get().outside().secret();
  const auto lacks = [&](const std::string& text, const char* what) {
    EXPECT_EQ(text.find(secret), std::string::npos) << "the host's secret is in " << what;
  };
  const auto step_lacks = [&](const StepReport& step) {
    lacks(step.out.bytes, "stdout");
    lacks(step.err.bytes, "stderr");
    for (const auto& diagnostic : step.diagnostics) lacks(diagnostic.message, "a diagnostic");
  };
  if (job.compile) step_lacks(*job.compile);
  for (const auto& run : job.runs) step_lacks(run);
  for (const auto& file : job.artifacts) lacks(*file.content, file.path.c_str());
  lacks(job.message.value_or(""), "the message");
}

std::string account_of(const JobView& job) {
  std::string text = "job " + job.id + " " + job.message.value_or("");
  const auto add = [&](const StepReport& step) {
    text += "\n" + step.name + ": " + std::string{to_string(step.status)} +
            (step.exit_code ? ", exit " + std::to_string(*step.exit_code) : "") +
            (step.signal ? ", signal " + std::to_string(*step.signal) : "") +
            "\nstdout: " + step.out.bytes.substr(0, 2000) +
            "\nstderr: " + step.err.bytes.substr(0, 2000);
  };
  if (job.compile) add(*job.compile);
  for (const auto& run : job.runs) add(run);
  return text;
}

void hold_result(const Program& program, const JobView& job) {
  const std::string status{to_string(job.status.value_or(Verdict::internal_error))};
  const std::string said{job.runs.empty() ? "" : trim(job.runs.front().out.bytes)};
  EXPECT_EQ(program.statuses.count(status), 1U) << status;
  if (program.expected == "any") {
    EXPECT_EQ(said.find("through: "), std::string::npos);
  } else {
    EXPECT_EQ(said, program.expected);
  }
  no_secret_in(job);
  if (testing::Test::HasFailure()) ADD_FAILURE() << account_of(job);
}

std::string start(const Program& program, const FileSet& helpers,
                  const std::string& last_arg = {}) {
  return Machine::get().submit(request_for(program, helpers, last_arg));
}

void finish(const Program& program, const std::string& id) {
  if (id.empty()) return;
  hold_result(program, Machine::get().wait(id));
  Machine::get().forget(id);
}

void expect_refusal(JobRequest request, const std::string& what) {
  const auto id = Machine::get().try_submit(std::move(request));
  EXPECT_FALSE(id) << what << " was accepted";
  if (!id) return;
  static_cast<void>(Machine::get().wait(*id));
  Machine::get().forget(*id);
}

void run_refused(const Program& program, const FileSet& helpers) {
  for (const auto& variable : program.env) {
    auto request = request_for(program, helpers, {});
    const auto equals = variable.find('=');
    request.env = {{variable.substr(0, equals), variable.substr(equals + 1)}};
    expect_refusal(std::move(request), variable);
  }
  for (const auto& arg : program.compile_args) {
    auto request = request_for(program, helpers, {});
    request.compile_args = {arg};
    expect_refusal(std::move(request), arg);
  }
}

void run_once_each(const Program& program, const FileSet& helpers) {
  // More runs than slots, so that whichever slot saw the first sees the second too.
  finish(program, start(program, helpers, "first"));
  for (std::uint32_t i = 0; i <= Machine::get().slots(); ++i) {
    if (wants_warm_boxes()) static_cast<void>(Machine::get().look_at_rest());
    finish(program, start(program, helpers, "second"));
  }
}

void run_pair(const Program& program, const FileSet& helpers) {
  const auto left = start(program, helpers, "left");
  const auto right = start(program, helpers, "right");
  ASSERT_FALSE(left.empty() || right.empty());
  const auto one = Machine::get().wait(left);
  const auto other = Machine::get().wait(right);
  EXPECT_LT(other.started_at.value(), one.finished_at.value())
      << "they were not there at the same time";
  hold_result(program, one);
  hold_result(program, other);
  Machine::get().forget(left);
  Machine::get().forget(right);
}

}  // namespace

void judge(const Program& program, const FileSet& helpers) {
  Machine& machine = Machine::get();
  const Snapshot before = machine.look_at_rest();
  const auto honest = program.neighbour ? machine.submit(neighbour()) : std::string{};
  if (program.statuses.count("refused") != 0) {
    run_refused(program, helpers);
  } else if (program.run == "pair") {
    run_pair(program, helpers);
  } else if (program.run == "twice") {
    run_once_each(program, helpers);
  } else {
    finish(program, start(program, helpers));
  }
  if (!honest.empty()) {
    const auto job = machine.wait(honest);
    EXPECT_EQ(job.status, Verdict::ok) << "the neighbour suffered: " << account_of(job);
    EXPECT_EQ(job.runs.empty() ? "" : job.runs.front().out.bytes, kNeighbourSays);
    machine.forget(honest);
  }
  for (const auto& complaint : Outside::complaints(before, machine.look_at_rest())) {
    ADD_FAILURE() << "outside: " << complaint;
  }
}

}  // namespace cex::test
