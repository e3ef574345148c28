// SPDX-License-Identifier: Apache-2.0
// What the tests of this folder share: a log in a folder of its own, and ways to harm it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/audit/auditor.hpp"
#include "core/audit/verify.hpp"

namespace cex::audit {

class LogFixture : public ::testing::Test {
 protected:
  LogFixture();
  ~LogFixture() override;

  /// Opens, appends `count` records and closes in order.
  void write_log(int count);
  [[nodiscard]] std::unique_ptr<Auditor> open_log();
  [[nodiscard]] static AuditRecord record(const std::string& job);

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  [[nodiscard]] std::string read(const std::string& name) const;
  void write(const std::string& name, const std::string& text) const;
  [[nodiscard]] std::vector<std::string> lines(const std::string& name) const;
  void write_lines(const std::string& name, const std::vector<std::string>& lines) const;

  /// All findings, one a line, each as "FILE:LINE: MESSAGE".
  [[nodiscard]] std::string findings(const std::string& what = "") const;

  std::filesystem::path folder_;
  config::AuditSettings settings_;
};

}  // namespace cex::audit
