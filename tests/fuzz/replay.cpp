// SPDX-License-Identifier: Apache-2.0

// A fuzz target without a fuzzer: each file, and each file of each folder, through the same
// function, so that what was found once stays fixed in every build.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "tests/fuzz/target.hpp"

namespace {

namespace fs = std::filesystem;

void replay(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  std::cout << path.filename().string() << std::endl;  // the last one named is the one that crashed
  // A block of exactly that size: reading behind its end is an error that a sanitizer sees.
  const std::unique_ptr<std::uint8_t[]> block{new std::uint8_t[bytes.size()]};
  std::copy(bytes.begin(), bytes.end(), block.get());
  LLVMFuzzerTestOneInput(block.get(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  int files = 0;
  for (int i = 1; i < argc; ++i) {
    std::vector<fs::path> paths{argv[i]};
    if (fs::is_directory(argv[i])) paths.assign(fs::directory_iterator{argv[i]}, {});
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) replay(path);
    files += static_cast<int>(paths.size());
  }
  std::cout << files << " inputs\n";
  return files > 0 ? 0 : 1;
}
