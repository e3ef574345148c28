// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.hpp"

#include <array>
#include <fstream>

namespace cex {

std::string read_text_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::string text;
  std::array<char, 4096> block{};
  // Not by iterators: they throw where a read fails (a folder, /proc of a process that has just
  // ended).
  while (in.read(block.data(), block.size()) || in.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
  }
  return text;
}

}  // namespace cex
