// SPDX-License-Identifier: Apache-2.0
#include "server/dto/job_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cex::dto {
namespace {

using ::testing::HasSubstr;

std::string job_with(const std::string& fields) {
  return R"({"language":"python","source":"")" + (fields.empty() ? "" : "," + fields) + "}";
}

JobRequest parsed(const std::string& body) {
  auto request = parse_job_request(body);
  EXPECT_TRUE(request) << (request ? "" : request.error().detail);
  return request ? *request : JobRequest{};
}

/// "POINTER: MESSAGE" of every finding.
std::vector<std::string> findings(const std::string& body) {
  const auto request = parse_job_request(body);
  std::vector<std::string> all;
  if (request) return all;
  for (const auto& error : request.error().errors)
    all.push_back(error.pointer + ": " + error.message);
  return all;
}

TEST(JobRequest, reads_every_field) {
  const auto request = parsed(R"({"language":"c++","version":"12","files":[
      {"path":"a/b.cpp","content":"AAE=","encoding":"base64"},
      {"path":"run.sh","content":"x","executable":true}],
    "entry":"a/b.cpp","stdin":"//8=","stdin_encoding":"base64","args":["-x",""],"env":{"A":"1"},
    "compile":{"args":["-O2"],"options":{"std":"c++20"},"limits":{"wall_ms":5000}},
    "limits":{"wall_ms":1000,"cpu_ms":900,"memory_bytes":1048576,"stack_bytes":65536,"processes":4,
      "open_files":16,"file_size_bytes":1,"disk_bytes":65536,"output_bytes":10,"cpus":0.5},
    "tests":[{"name":"t","stdin":"i","args":["q"],"env":{"B":"2"},"expected_stdout":"o",
      "compare":"float:1e-6","limits":{"cpu_ms":7}}],
    "stop_on_failure":true,"artifacts":["out/*"],"labels":{"course":"x"},"ttl_s":60})");
  EXPECT_EQ(request.language, "c++");
  EXPECT_EQ(*request.files[0].content, std::string("\0\1", 2));
  EXPECT_TRUE(request.files[1].executable);
  EXPECT_EQ(request.stdin_bytes, "\xff\xff");
  EXPECT_EQ(request.compile_limits.wall, std::chrono::milliseconds{5000});
  EXPECT_EQ(request.limits.cpus_milli, 500U);
  EXPECT_EQ(request.limits.processes, 4U);
  ASSERT_EQ(request.tests.size(), 1U);
  EXPECT_EQ(request.tests[0].compare, Compare::floats);
  EXPECT_DOUBLE_EQ(request.tests[0].epsilon, 1e-6);
  EXPECT_EQ(request.tests[0].limits.cpu, std::chrono::milliseconds{7});
  EXPECT_EQ(request.ttl_s, 60U);
}

TEST(JobRequest, keeps_sources_as_the_bytes_they_are) {
  EXPECT_EQ(parsed(R"({"language":"c","source":""})").source, "");
  EXPECT_EQ(parsed(R"({"language":"c","source":"a\u0000b\r\n\ufeff"})").source,
            std::string("a\0b\r\n\xef\xbb\xbf", 8));
}

TEST(JobRequest, tells_all_findings_at_once_with_pointers) {
  const auto all = findings(R"({"sauce":"","limits":{"wall":1,"cpu_ms":0},"args":"x"})");
  EXPECT_THAT(all,
              ::testing::UnorderedElementsAre(
                  "/language: is required", "/source: give exactly one of `source` and `files`",
                  "/args: must be an array, not string", "/limits/cpu_ms: must be at least 1",
                  "/limits/wall: unknown field", "/sauce: unknown field"));
}

TEST(JobRequest, takes_whole_numbers_only_for_limits) {
  const std::pair<const char*, const char*> cases[] = {
      {"0", "at least 1"},
      {"-1", "at least 1"},
      {"-1e30", "at least 1"},
      {"1.5", "whole number"},
      {"1e3", "whole number"},
      {"\"1000\"", "not string"},
      {"true", "not boolean"},
      {"null", "not null"},
      {"[1]", "not array"},
      {"9007199254740992", "at most"},
      {"18446744073709551616", "at most"},
      {"9223372036854775808", "at most"},
  };
  for (const auto& [value, why] : cases) {
    const auto all = findings(job_with(R"("limits":{"wall_ms":)" + std::string{value} + "}"));
    ASSERT_EQ(all.size(), 1U) << value;
    EXPECT_THAT(all[0], HasSubstr("/limits/wall_ms: ")) << value;
    EXPECT_THAT(all[0], HasSubstr(why)) << value;
  }
  EXPECT_THAT(findings(job_with(R"("limits":{"processes":4294967297})")),
              ::testing::ElementsAre("/limits/processes: is far too large"));
  for (const char* cpus : {"0", "-1", "0.0001", "1e300", "\"1\""}) {
    EXPECT_EQ(findings(job_with(R"("limits":{"cpus":)" + std::string{cpus} + "}")).size(), 1U)
        << cpus;
  }
}

TEST(JobRequest, reads_whom_to_tell) {
  const auto job = parse_job_request(job_with(R"("callback_url":"https://a.b/c")"));
  ASSERT_TRUE(job);
  ASSERT_TRUE(job->callback);
  EXPECT_EQ(job->callback->url, "https://a.b/c");
  for (const std::string& url : {std::string{"null"}, std::string{"1"}, std::string{R"("")"},
                                 "\"https://a.b/" + std::string(2048, 'x') + "\""}) {
    EXPECT_EQ(findings(job_with("\"callback_url\":" + url)).size(), 1U) << url;
  }
}

TEST(JobRequest, reads_what_a_job_wants_to_reach) {
  const auto job = parse_job_request(job_with(R"("network":{"allow":["a.b:443","*:1"]})"));
  ASSERT_TRUE(job);
  EXPECT_THAT(job->network, ::testing::ElementsAre("a.b:443", "*:1"));
  for (const char* network : {"null", "[]", "true", "{}", R"({"allow":[]})", R"({"allow":null})",
                              R"({"allow":"a.b:443"})", R"({"allow":[1]})", R"({"allow":[""]})",
                              R"({"allow":["a.b:443"],"policy":"open"})"}) {
    EXPECT_EQ(findings(job_with(R"("network":)" + std::string{network})).size(), 1U) << network;
  }
}

TEST(JobRequest, wants_exactly_one_of_source_and_files) {
  EXPECT_EQ(findings(R"({"language":"c"})").size(), 1U);
  EXPECT_EQ(findings(R"({"language":"c","source":"","files":[{"path":"a","content":""}]})").size(),
            1U);
  EXPECT_TRUE(findings(R"({"language":"c","files":[{"path":"a","content":""}]})").empty());
  EXPECT_EQ(findings(R"({"language":"c","files":[{}]})").size(), 2U);
}

TEST(JobRequest, takes_strict_base64_only) {
  for (const char* text : {"A", "AA", "AAE", "AA E=", "AAE=\\n", "*AAA", "AA=A"}) {
    EXPECT_EQ(
        findings(job_with(R"("stdin":")" + std::string{text} + R"(","stdin_encoding":"base64")"))
            .size(),
        1U)
        << text;
  }
  EXPECT_EQ(findings(job_with(R"("stdin":"","stdin_encoding":"utf-8")")).size(), 1U);
  EXPECT_EQ(findings(job_with(R"("stdin_encoding":"base64")")).size(), 1U);
}

TEST(JobRequest, bounds_counts) {
  const auto repeated = [](const std::string& item, int count) {
    std::string list = item;
    for (int i = 1; i < count; ++i) list += "," + item;
    return list;
  };
  EXPECT_EQ(findings(job_with("\"tests\":[" + repeated("{}", 1000) + "]")).size(), 0U);
  EXPECT_EQ(findings(job_with("\"tests\":[" + repeated("{}", 1001) + "]")).size(), 1U);
  EXPECT_EQ(findings(job_with("\"args\":[" + repeated("\"\"", 257) + "]")).size(), 1U);
  std::string labels;
  for (int i = 0; i < 17; ++i)
    labels += (i > 0 ? "," : "") + ("\"l" + std::to_string(i)) + "\":\"\"";
  EXPECT_EQ(findings(job_with("\"labels\":{" + labels + "}")).size(), 1U);
  // A body full of mistakes must not make a larger answer.
  EXPECT_LE(findings(job_with("\"tests\":[" + repeated("1", 1000) + "]")).size(), 50U);
}

TEST(JobRequest, refuses_what_is_no_acceptable_json) {
  for (const std::string& body :
       {std::string{}, std::string{"{"}, std::string{"{\"a\":1,\"a\":1}"}, std::string{"\xff"},
        std::string{"\"\\ud800\""}, std::string(100'000, '['), std::string{"{}{}"},
        std::string{"{\"language\":\"c\",}"}, std::string{"// x"}, std::string{"1e999"}}) {
    const auto request = parse_job_request(body);
    ASSERT_FALSE(request) << body.substr(0, 20);
    EXPECT_EQ(request.error().kind, http::ProblemKind::invalid_json) << body.substr(0, 20);
  }
  for (const char* body : {"null", "[]", "1", "\"x\""}) {
    const auto request = parse_job_request(body);
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.error().kind, http::ProblemKind::invalid_request) << body;
  }
}

TEST(JobRequest, understands_the_compare_words) {
  for (const char* good : {"exact", "trim", "tokens", "float:0", "float:1e-9", "float:0.5"}) {
    EXPECT_TRUE(findings(job_with(R"("tests":[{"compare":")" + std::string{good} + "\"}]")).empty())
        << good;
  }
  for (const char* bad : {"", "Exact", "float", "float:", "float:x", "float:-1", "float:inf",
                          "float:nan", "float:1e-6x", "float: 1"}) {
    EXPECT_EQ(findings(job_with(R"("tests":[{"compare":")" + std::string{bad} + "\"}]")).size(), 1U)
        << bad;
  }
}

}  // namespace
}  // namespace cex::dto
