// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/exposition.hpp"

#include <charconv>

#include "core/base/text.hpp"

namespace cex::cli {

Exposition::Exposition(std::string_view text) {
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    const auto space = line.rfind(' ');
    if (space == std::string_view::npos) continue;
    const std::string_view series = line.substr(0, space);
    const std::string_view number = line.substr(space + 1);
    const auto brace = series.find('{');
    Sample sample;
    sample.name = series.substr(0, brace);
    if (brace != std::string_view::npos && series.ends_with('}')) {
      sample.labels = series.substr(brace + 1, series.size() - brace - 2);
    }
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), sample.value);
    if (error == std::errc{}) samples_.push_back(std::move(sample));
  }
}

double Exposition::sum(std::string_view name, std::string_view label) const {
  double sum = 0;
  for (const Sample& sample : samples_) {
    const bool counts = sample.name == name && sample.labels.find(label) != std::string::npos;
    if (counts) sum += sample.value;
  }
  return sum;
}

std::set<std::string> Exposition::values(std::string_view name, std::string_view label) const {
  const std::string begin = std::string{label} + "=\"";
  std::set<std::string> found;
  for (const Sample& sample : samples_) {
    const auto at = sample.labels.find(begin);
    if (sample.name != name || at == std::string::npos) continue;
    const auto from = at + begin.size();
    found.insert(sample.labels.substr(from, sample.labels.find('"', from) - from));
  }
  return found;
}

}  // namespace cex::cli
