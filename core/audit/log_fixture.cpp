// SPDX-License-Identifier: Apache-2.0
#include "core/audit/log_fixture.hpp"

#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <system_error>

namespace cex::audit {

LogFixture::LogFixture() {
  std::string pattern = ::testing::TempDir() + "cex-audit-XXXXXX";
  folder_ = ::mkdtemp(pattern.data());
  settings_.sync = config::AuditSync::off;
}

LogFixture::~LogFixture() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::unique_ptr<Auditor> LogFixture::open_log() {
  auto opened = Auditor::open(folder_.string(), settings_);
  EXPECT_TRUE(opened) << opened.error().message;
  return opened ? *std::move(opened) : nullptr;
}

AuditRecord LogFixture::record(const std::string& job) {
  AuditRecord made;
  made.event = AuditEvent::finished;
  made.job = job;
  made.verdict = Verdict::ok;
  made.usage = Usage{std::chrono::nanoseconds{1'234'567}, std::chrono::nanoseconds{1}, 4096};
  made.labels = {{"course", "\xC3\xA9\"\n"}};
  made.run_limits = Limits{};
  return made;
}

void LogFixture::write_log(int count) {
  const auto log = open_log();
  ASSERT_NE(log, nullptr);
  for (int i = 0; i < count; ++i) ASSERT_TRUE(log->append(record("job-" + std::to_string(i))));
  ASSERT_TRUE(log->close());
}

std::string LogFixture::read(const std::string& name) const {
  std::ifstream file{folder_ / name, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void LogFixture::write(const std::string& name, const std::string& text) const {
  std::ofstream{folder_ / name, std::ios::binary} << text;
}

std::vector<std::string> LogFixture::lines(const std::string& name) const {
  std::vector<std::string> all;
  std::ifstream file{folder_ / name, std::ios::binary};
  for (std::string line; std::getline(file, line);) all.push_back(line);
  return all;
}

void LogFixture::write_lines(const std::string& name, const std::vector<std::string>& lines) const {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  write(name, text);
}

std::string LogFixture::findings(const std::string& what) const {
  const auto report = verify(what.empty() ? folder_.string() : path(what));
  if (!report) return "error: " + report.error().message;
  std::string text;
  for (const auto& finding : report->findings) {
    text += finding.file + ":" + std::to_string(finding.line) + ": " + finding.message + "\n";
  }
  return text;
}

}  // namespace cex::audit
