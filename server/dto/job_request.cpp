// SPDX-License-Identifier: Apache-2.0
#include "server/dto/job_request.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <memory>

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/model/limit_fields.hpp"
#include "server/dto/object_reader.hpp"

namespace cex::dto {
namespace {

using http::Problem;

constexpr std::size_t kMaxBatch = 100;
constexpr std::uint64_t kHighestPriority = 9;
constexpr std::size_t kMaxFiles = 1000;
constexpr std::size_t kMaxTests = 1000;
constexpr std::size_t kMaxArgs = 256;
constexpr std::size_t kMaxEnv = 256;
constexpr std::size_t kMaxOptions = 64;
constexpr std::size_t kMaxLabels = 16;
constexpr std::size_t kMaxArtifactGlobs = 32;
constexpr std::size_t kMaxDestinations = 256;
constexpr std::uint64_t kMaxNumber = (std::uint64_t{1} << 53U) - 1;  // what JSON carries exactly
constexpr std::uint64_t kMaxTtlSeconds = 366ULL * 24 * 3600;

constexpr TextRule kName{1, 64, Bytes::no_nul};
constexpr TextRule kPath{1, 1024, Bytes::no_nul};
constexpr TextRule kArgument{0, 8192, Bytes::no_nul};
constexpr TextRule kDestination{1, 300, Bytes::no_nul};
constexpr TextRule kCallbackUrl{1, 2048, Bytes::no_nul};
constexpr TextRule kLabelValue{0, 256, Bytes::no_nul};

std::optional<std::uint64_t> read_cpus(const nlohmann::json& value, const std::string& pointer,
                                       Findings& findings) {
  constexpr double kMaxCpus = 1e6;
  if (!value.is_number()) {
    findings.add(pointer, "must be a decimal number, not " + std::string{value.type_name()});
    return std::nullopt;
  }
  const double cpus = value.get<double>();
  const double milli = std::round(cpus * 1000);
  if (milli < 1 || cpus > kMaxCpus) {
    findings.add(pointer, "must be a number of CPUs above 0, such as 0.5 or 2");
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(milli);
}

LimitsRequest read_limits(ObjectReader& parent, std::string_view name, Findings& findings) {
  LimitsRequest limits;
  const auto* value = parent.take(name);
  if (value == nullptr) return limits;
  ObjectReader reader{*value, parent.at(name), findings};
  for (const LimitField& field : kLimitFields) {
    const auto* given = reader.take(field.name);
    if (given == nullptr) continue;
    const std::string pointer = reader.at(field.name);
    const auto number = is_milli(field)
                            ? read_cpus(*given, pointer, findings)
                            : read_whole(*given, field.minimum, kMaxNumber, pointer, findings);
    if (!number) continue;
    field.ask(limits, *number);
    // The model's type may be narrower than 64 bits; a cut value would be another limit than asked.
    if (field.asked(limits) != number) findings.add(pointer, "is far too large");
  }
  reader.finish();
  return limits;
}

void read_compile(ObjectReader& job, JobRequest& request, Findings& findings) {
  const auto* value = job.take("compile");
  if (value == nullptr) return;
  ObjectReader reader{*value, job.at("compile"), findings};
  request.compile_args =
      reader.texts("args", kMaxArgs, kArgument).value_or(std::vector<std::string>{});
  request.options = reader.text_map("options", kMaxOptions, kArgument);
  request.compile_limits = read_limits(reader, "limits", findings);
  reader.finish();
}

void read_files(ObjectReader& job, JobRequest& request, Findings& findings) {
  job.each("files", kMaxFiles, [&](const nlohmann::json& value, const std::string& pointer) {
    ObjectReader reader{value, pointer, findings};
    BoxFile file;
    if (auto path = reader.text("path", kPath)) {
      file.path = std::move(*path);
    } else if (reader.take("path") == nullptr) {
      reader.missing("path");
    }
    if (auto content = reader.bytes("content", "encoding")) {
      file.content = std::make_shared<const std::string>(std::move(*content));
    } else if (reader.take("content") == nullptr) {
      reader.missing("content");
    }
    file.executable = reader.flag("executable").value_or(false);
    reader.finish();
    request.files.push_back(std::move(file));
  });
}

void read_compare(ObjectReader& reader, TestCase& test, Findings& findings) {
  const auto text = reader.text("compare", kName);
  if (!text || *text == "trim") return;
  constexpr std::string_view kFloat = "float:";
  if (*text == "exact") {
    test.compare = Compare::exact;
  } else if (*text == "tokens") {
    test.compare = Compare::tokens;
  } else if (text->starts_with(kFloat)) {
    test.compare = Compare::floats;
    const char* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data() + kFloat.size(), end, test.epsilon);
    if (error == std::errc{} && stop == end && std::isfinite(test.epsilon) && test.epsilon >= 0)
      return;
    findings.add(reader.at("compare"), "needs a number after \"float:\", such as \"float:1e-6\"");
  } else {
    findings.add(reader.at("compare"), "must be \"exact\", \"trim\", \"tokens\" or \"float:EPS\"");
  }
}

void read_tests(ObjectReader& job, JobRequest& request, Findings& findings) {
  job.each("tests", kMaxTests, [&](const nlohmann::json& value, const std::string& pointer) {
    ObjectReader reader{value, pointer, findings};
    TestCase test;
    test.name = reader.text("name", {0, 128, Bytes::no_nul}).value_or("");
    test.stdin_bytes = reader.bytes("stdin", "stdin_encoding");
    test.args = reader.texts("args", kMaxArgs, kArgument);
    test.env = reader.text_map("env", kMaxEnv, kArgument);
    test.expected_stdout = reader.text("expected_stdout");
    read_compare(reader, test, findings);
    test.limits = read_limits(reader, "limits", findings);
    reader.finish();
    request.tests.push_back(std::move(test));
  });
}

void read_interactive(ObjectReader& job, JobRequest& request, Findings& findings) {
  const auto* value = job.take("interactive");
  if (value == nullptr) return;
  if (value->is_boolean()) {
    if (value->get<bool>()) request.interactive.emplace();
    return;
  }
  if (!value->is_object()) {
    return findings.add(job.at("interactive"), "must be true or an object such as {\"pty\": true}");
  }
  ObjectReader reader{*value, job.at("interactive"), findings};
  Interactive interactive;
  const bool pty = reader.flag("pty").value_or(false);
  const auto rows = reader.whole("rows", 1, kMaxWindowSide);
  const auto cols = reader.whole("cols", 1, kMaxWindowSide);
  if (pty) {
    WindowSize& size = interactive.terminal.emplace();
    if (rows) size.rows = static_cast<std::uint16_t>(*rows);
    if (cols) size.cols = static_cast<std::uint16_t>(*cols);
  } else if (rows || cols) {
    findings.add(reader.at(rows ? "rows" : "cols"), "goes with \"pty\": true");
  }
  reader.finish();
  request.interactive = interactive;
}

void read_network(ObjectReader& job, JobRequest& request, Findings& findings) {
  const auto* value = job.take("network");
  if (value == nullptr) return;
  ObjectReader reader{*value, job.at("network"), findings};
  const auto* allow = reader.take("allow");
  // Nothing to reach is what a job has anyway, so an empty list is more likely a mistake.
  const bool empty = allow != nullptr && allow->is_array() && allow->empty();
  if (value->is_object() && (allow == nullptr || empty)) {
    findings.add(reader.at("allow"), "name at least one HOST:PORT, or leave `network` out");
  }
  request.network =
      reader.texts("allow", kMaxDestinations, kDestination).value_or(std::vector<std::string>{});
  reader.finish();
}

void read_labels(ObjectReader& job, JobRequest& request, Findings& findings) {
  request.labels = job.text_map("labels", kMaxLabels, kLabelValue);
  for (const auto& [key, value] : request.labels) {
    const bool plain = !key.empty() && key.size() <= 64 &&
                       std::all_of(key.begin(), key.end(), [](unsigned char c) {
                         return c > 0x20U && c < 0x7FU && c != '=' && c != '"' && c != '\\';
                       });
    if (!plain) {
      findings.add(
          pointer_to(job.at("labels"), key),
          "a label's name is 1-64 printable ASCII characters without space, '=', '\"', '\\'");
    }
  }
}

JobRequest read_job(const nlohmann::json& document, const std::string& pointer,
                    Findings& findings) {
  JobRequest request;
  ObjectReader job{document, pointer, findings};
  if (auto language = job.text("language", kName)) {
    request.language = std::move(*language);
  } else if (job.take("language") == nullptr) {
    job.missing("language");
  }
  request.version = job.text("version", kName).value_or("*");
  request.source = job.text("source");
  read_files(job, request, findings);
  const bool has_source = job.take("source") != nullptr;
  const bool has_files = job.take("files") != nullptr;
  if (document.is_object() && has_source == has_files) {
    findings.add(job.at(has_source ? "files" : "source"),
                 "give exactly one of `source` and `files`");
  }
  request.entry = job.text("entry", kPath);
  request.stdin_bytes = job.bytes("stdin", "stdin_encoding").value_or("");
  read_interactive(job, request, findings);
  request.args = job.texts("args", kMaxArgs, kArgument).value_or(std::vector<std::string>{});
  request.env = job.text_map("env", kMaxEnv, kArgument);
  read_compile(job, request, findings);
  request.limits = read_limits(job, "limits", findings);
  read_tests(job, request, findings);
  request.stop_on_failure = job.flag("stop_on_failure").value_or(false);
  request.artifacts =
      job.texts("artifacts", kMaxArtifactGlobs, kPath).value_or(std::vector<std::string>{});
  read_network(job, request, findings);
  read_labels(job, request, findings);
  if (const auto ttl = job.whole("ttl_s", 1, kMaxTtlSeconds)) {
    request.ttl_s = static_cast<std::uint32_t>(*ttl);
  }
  request.priority = static_cast<std::uint32_t>(
      job.whole("priority", 0, kHighestPriority).value_or(request.priority));
  if (const auto wait = job.whole("max_queue_ms", 1, kMaxTtlSeconds * 1000)) {
    request.max_queue = std::chrono::milliseconds{*wait};
  }
  if (auto url = job.text("callback_url", kCallbackUrl)) {
    request.callback = CallbackAddress{std::move(*url), {}};
  }
  job.finish();
  return request;
}

Problem problem_of(Findings& findings) {
  Problem problem{.kind = http::ProblemKind::invalid_request, .detail = {}};
  problem.errors = findings.take();
  const auto& first = problem.errors.front();
  problem.detail = (first.pointer.empty() ? "the body" : first.pointer) + ": " + first.message;
  if (problem.errors.size() > 1) {
    problem.detail += " (and " + std::to_string(problem.errors.size() - 1) + " more: see `errors`)";
  }
  return problem;
}

tl::expected<nlohmann::json, Problem> parse_body(std::string_view body) {
  auto document = parse_json(body);
  if (document) return *std::move(document);
  return tl::unexpected(
      Problem{.kind = http::ProblemKind::invalid_json, .detail = document.error().message});
}

}  // namespace

tl::expected<JobRequest, Problem> parse_job_request(std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return tl::unexpected(document.error());
  Findings findings;
  JobRequest request = read_job(*document, "", findings);
  if (!findings.empty()) return tl::unexpected(problem_of(findings));
  return request;
}

tl::expected<std::vector<JobRequest>, Problem> parse_job_batch(std::string_view body) {
  const auto document = parse_body(body);
  if (!document) return tl::unexpected(document.error());
  Findings findings;
  ObjectReader batch{*document, "", findings};
  std::vector<JobRequest> jobs;
  batch.each("jobs", kMaxBatch, [&](const nlohmann::json& value, const std::string& pointer) {
    jobs.push_back(read_job(value, pointer, findings));
  });
  batch.finish();
  if (findings.empty() && jobs.empty()) findings.add("/jobs", "give at least one job");
  if (!findings.empty()) return tl::unexpected(problem_of(findings));
  return jobs;
}

}  // namespace cex::dto
