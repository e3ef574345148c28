// SPDX-License-Identifier: Apache-2.0

// cex-corpus-tests FOLDER...: one test for each program below the folders. The name above a folder
// is its suite, and what its programs print when all is well stands in FOLDER/expected.txt.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "tests/corpus/judge.hpp"
#include "tests/corpus/machine.hpp"
#include "tests/corpus/program.hpp"
#include "tests/corpus/warm.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;

class CorpusTest : public testing::Test {
 public:
  CorpusTest(Program program, FileSet helpers)
      : program_{std::move(program)}, helpers_{std::move(helpers)} {}

 private:
  void TestBody() override { judge(program_, helpers_); }

  Program program_;
  FileSet helpers_;
};

// "4.1-files/FS-1 read.c" -> "files_FS_1_read"
std::string test_name(const fs::path& path, const fs::path& folder) {
  std::string name = fs::relative(path, folder).replace_extension().string();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

bool add_folder(const fs::path& folder) {
  const std::string expected{trim(read_text_file((folder / "expected.txt").string()))};
  auto programs = read_corpus(folder, expected);
  if (!programs) {
    std::fprintf(stderr, "%s\n", programs.error().message.c_str());
    return false;
  }
  const FileSet helpers = read_helpers(folder);
  if (wants_warm_boxes() && !compile_for_warm_boxes(*programs, helpers)) return false;
  for (const Program& program : *programs) {
    testing::RegisterTest(folder.parent_path().filename().c_str(),
                          test_name(program.path, folder).c_str(), nullptr, nullptr,
                          program.path.c_str(), 1, [=] {
                            return new CorpusTest{program, helpers};
                          });
  }
  return !programs->empty();
}

}  // namespace
}  // namespace cex::test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  cex::log::start(cex::log::Level::warning, cex::log::Format::text);
  for (int i = 1; i < argc; ++i) {
    if (!cex::test::add_folder(std::filesystem::canonical(argv[i]))) return 1;
  }
  try {
    if (!testing::GTEST_FLAG(list_tests)) cex::test::Machine::get();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return RUN_ALL_TESTS();
}
