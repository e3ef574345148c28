// SPDX-License-Identifier: Apache-2.0
#include "tests/corpus/program.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/model/limit_fields.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::string> kLanguages{
    {".c", "c"}, {".cpp", "cpp"}, {".py", "python"}, {".go", "go"}, {".java", "java"}};

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  for (const auto word : split(text, ' ')) {
    if (!word.empty()) found.emplace_back(word);
  }
  return found;
}

Result<LimitsRequest> read_limits(std::string_view text) {
  LimitsRequest limits;
  for (const auto& word : words(text)) {
    const auto equals = word.find('=');
    const auto number =
        equals == std::string::npos ? std::nullopt : parse_u64(word.substr(equals + 1));
    const auto* field =
        std::find_if(kLimitFields.begin(), kLimitFields.end(),
                     [&](const LimitField& f) { return f.name == word.substr(0, equals); });
    if (!number || field == kLimitFields.end()) {
      return fail(Errc::config, "limits: cannot read \"" + word + "\"");
    }
    field->ask(limits, *number);
  }
  return limits;
}

// The comment's text without its mark; nothing once the comment has ended.
std::optional<std::string_view> comment_text(std::string_view line, std::string_view mark) {
  if (line.substr(0, mark.size()) != mark) return std::nullopt;
  return trim(line.substr(mark.size()));
}

class Reader {
 public:
  explicit Reader(Program& program) : program_{program} {}

  Result<void> take(std::string_view key, std::string_view value) {
    if (key == "SPDX-License-Identifier") return {};
    if (key == "limits" || key == "compile_limits") {
      CEX_TRY(auto limits, read_limits(value));
      (key == "limits" ? program_.limits : program_.compile_limits) = limits;
      return {};
    }
    if (key == "status") {
      const auto all = words(value);
      program_.statuses = {all.begin(), all.end()};
      return {};
    }
    if (key == "beside" && value == "neighbour") {
      program_.neighbour = true;
      return {};
    }
    const std::map<std::string_view, std::vector<std::string>*> lists{
        {"requires", &program_.ids},
        {"args", &program_.args},
        {"artifacts", &program_.artifacts},
        {"env", &program_.env},
        {"compile_args", &program_.compile_args}};
    if (const auto list = lists.find(key); list != lists.end()) {
      *list->second = words(value);
      return {};
    }
    const std::map<std::string_view, std::string*> texts{{"about", &program_.about},
                                                         {"stdout", &program_.expected},
                                                         {"input", &program_.input},
                                                         {"run", &program_.run}};
    const auto text = texts.find(key);
    if (text == texts.end()) return fail(Errc::config, "unknown key \"" + std::string{key} + "\"");
    *text->second = value;
    return {};
  }

 private:
  Program& program_;
};

}  // namespace

Result<Program> read_program(const fs::path& path, const std::string& default_output) {
  Program program;
  program.path = path;
  program.language = kLanguages.at(path.extension());
  program.source = read_text_file(path.string());
  program.expected = default_output;
  Reader reader{program};
  for (const auto line : split(program.source, '\n')) {
    const auto text = comment_text(line, program.language == "python" ? "#" : "//");
    if (!text) break;
    const auto colon = text->find(": ");
    if (colon == std::string_view::npos) {
      return fail(Errc::config, path.string() + ": a header line is \"key: value\"");
    }
    if (auto taken = reader.take(text->substr(0, colon), trim(text->substr(colon + 2))); !taken) {
      return fail(Errc::config, path.string() + ": " + taken.error().message);
    }
  }
  if (program.about.empty())
    return fail(Errc::config, path.string() + ": says nothing about itself");
  return program;
}

Result<std::vector<Program>> read_corpus(const fs::path& folder,
                                         const std::string& default_output) {
  std::vector<Program> programs;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    if (kLanguages.count(entry.path().extension()) == 0) continue;
    CEX_TRY(Program program, read_program(entry.path(), default_output));
    programs.push_back(std::move(program));
  }
  std::sort(programs.begin(), programs.end(),
            [](const Program& a, const Program& b) { return a.path < b.path; });
  return programs;
}

FileSet read_helpers(const fs::path& folder) {
  FileSet files;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    if (entry.path().extension() != ".h") continue;
    BoxFile file;
    file.path = entry.path().filename();
    file.content = std::make_shared<const std::string>(read_text_file(entry.path().string()));
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace cex::test
