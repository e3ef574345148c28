// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cex::testkit {

/// One sentence about a plugin.
struct Finding {
  enum class Level { pass, warning, failure };
  Level level{Level::pass};
  std::string check;    ///< "paper", "elf", "entry", "purity", "manners", "golden"
  std::string message;  ///< lower case, names the object
};

/// Everything that was found. A plugin passes when nothing failed; warnings do not fail it.
class Report {
 public:
  void pass(std::string check, std::string message) {
    add({Finding::Level::pass, std::move(check), std::move(message)});
  }
  void warn(std::string check, std::string message) {
    add({Finding::Level::warning, std::move(check), std::move(message)});
  }
  void fail(std::string check, std::string message) {
    add({Finding::Level::failure, std::move(check), std::move(message)});
  }
  void add(Finding finding) { findings_.push_back(std::move(finding)); }

  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
  [[nodiscard]] bool passed() const {
    for (const Finding& finding : findings_) {
      if (finding.level == Finding::Level::failure) return false;
    }
    return true;
  }

 private:
  std::vector<Finding> findings_;
};

}  // namespace cex::testkit
