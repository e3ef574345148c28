// SPDX-License-Identifier: Apache-2.0
#include "tests/corpus/warm.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/files.hpp"
#include "core/base/ids.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;

// An interpreter that waited has loaded what many programs import, and ignores two signals.
constexpr const char* kTakeOver = R"(
import os, signal, sys
if "json" not in sys.modules:
    sys.exit(f"this box was not made ahead: {os.listdir('.')}, {sys.flags}, {sorted(sys.modules)}")
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
os.execv("/box/main", ["/box/main", *ARGUMENTS])
)";

std::map<fs::path, std::shared_ptr<const std::string>>& binaries() {
  static std::map<fs::path, std::shared_ptr<const std::string>> all;
  return all;
}

bool has_early_limits(const LimitsRequest& limits) {
  return limits.stack_bytes || limits.open_files || limits.file_size_bytes;
}

bool stays_cold(const Program& program) {
  return has_early_limits(program.limits) || program.language != "c" ||
         program.statuses.count("refused") != 0 || !program.compile_args.empty() ||
         program.compile_limits != LimitsRequest{} ||
         program.path.parent_path().filename() == "compile";
}

BoxFile file(std::string path, std::shared_ptr<const std::string> content, bool executable) {
  return {std::move(path), std::move(content), executable, false};
}

}  // namespace

bool wants_warm_boxes() {
  const char* wanted = std::getenv("CEX_CORPUS_WARM");
  return wanted != nullptr && std::string{wanted} == "1";
}

bool compile_for_warm_boxes(const std::vector<Program>& programs, const FileSet& helpers) {
  const fs::path folder = fs::temp_directory_path() / ("cex-warm-" + random_hex(8));
  fs::create_directory(folder);
  for (const BoxFile& helper : helpers) std::ofstream{folder / helper.path} << *helper.content;
  bool good = true;
  for (const Program& program : programs) {
    if (stays_cold(program)) continue;
    std::ofstream{folder / "main.c"} << program.source;
    const std::string command =
        "cd '" + folder.string() + "' && gcc -std=gnu17 -O2 -w -o main main.c -lm";
    good = std::system(command.c_str()) == 0 && good;
    binaries()[program.path] =
        std::make_shared<const std::string>(read_text_file((folder / "main").string()));
  }
  fs::remove_all(folder);
  return good;
}

JobRequest in_warm_box(const Program& program, JobRequest request) {
  const auto found = binaries().find(program.path);
  if (found == binaries().end()) return request;
  request.language = "python";
  const std::string arguments = "ARGUMENTS = " + nlohmann::json(request.args).dump();
  // In the program's text: interpreters wait for jobs without arguments of their own.
  request.args.clear();
  request.source.reset();
  request.entry = "main.py";
  request.files = {
      file("main.py", std::make_shared<const std::string>(arguments + kTakeOver), false),
      file("main", found->second, true)};
  return request;
}

}  // namespace cex::test
