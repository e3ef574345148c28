// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <vector>

/// What every fuzz target defines: looks at one input, and aborts where it breaks a promise. Called
/// by libFuzzer, or by replay.cpp with the files of the corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace cex::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A promise of the code under test. `what` tells which one in the crash report.
inline void require(bool kept, const char* what) {
  if (kept) return;
  std::cerr << "broken promise: " << what << '\n';
  std::abort();
}

/// Takes the text up to the next `separator` off the front of `text`.
inline std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

/// All parts between `separator`s; none for an empty text.
inline std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) parts.push_back(take_until(text, separator));
  return parts;
}

}  // namespace cex::fuzz
