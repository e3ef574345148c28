// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cex::cli {

/// The samples of a Prometheus text, as far as our own server writes it.
class Exposition {
 public:
  explicit Exposition(std::string_view text);

  /// Of all samples of this name whose labels contain `label` (`state="ready"`; empty: any).
  [[nodiscard]] double sum(std::string_view name, std::string_view label = {}) const;
  /// The values that a label has in samples of this name.
  [[nodiscard]] std::set<std::string> values(std::string_view name, std::string_view label) const;

 private:
  struct Sample {
    std::string name;
    std::string labels;  ///< as they stand between the braces
    double value{0};
  };
  std::vector<Sample> samples_;
};

}  // namespace cex::cli
