// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.hpp"

#include <fstream>
#include <iterator>

namespace cex {

std::string read_text_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace cex
