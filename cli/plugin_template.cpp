// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_template.hpp"

#include <utility>

namespace cex::cli {
namespace {

// What each toy is called, beside being the name of a tool that it runs, which must stay.
std::string toy_of(const std::string& kind) {
  if (kind == "c") return "perl";
  return kind == "cpp" ? "awk" : "sh";
}

using Renaming = std::vector<std::pair<std::string, std::string>>;

Renaming renaming(const std::string& toy, const std::string& name, const std::string& id) {
  Renaming words{{"org.example." + toy, id}, {"demo-" + toy, name}};
  for (const char* before : {"cex-plugin-", "cex_add_plugin(", "cex_add_declarative_plugin(",
                             "cex_add_conformance_test(", "plugin_"}) {
    words.emplace_back(before + toy, before + name);
  }
  for (const char* after : {".so", ".cpp", ".c"}) words.emplace_back(toy + after, name + after);
  return words;
}

// A word that goes on is another word: "perl.conf" is no C file.
bool is_whole(const std::string& text, std::size_t at, std::size_t size) {
  const auto in_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return at + size >= text.size() || !in_word(text[at + size]);
}

std::string renamed(std::string text, const Renaming& words) {
  for (const auto& [from, to] : words) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
      if (!is_whole(text, at, from.size())) {
        at += from.size();
        continue;
      }
      text.replace(at, from.size(), to);
      at += to.size();
    }
  }
  return text;
}

}  // namespace

std::vector<TemplateFile> plugin_of(const std::string& kind, const std::string& name,
                                    const std::string& id) {
  const Renaming words = renaming(toy_of(kind), name, id);
  std::vector<TemplateFile> files;
  for (const TemplateFile& file : template_files()) {
    if (file.kind == kind) {
      files.push_back({kind, renamed(file.path, words), renamed(file.text, words)});
    }
  }
  return files;
}

}  // namespace cex::cli
