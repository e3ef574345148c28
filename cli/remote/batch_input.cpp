// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/batch_input.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/program.hpp"
#include "cli/remote/api.hpp"
#include "cli/remote/batch_item.hpp"
#include "core/base/json.hpp"

namespace cex::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Result<std::vector<BatchItem>> read_folder(const std::string& path,
                                           const std::vector<LanguageInfo>& languages) {
  std::vector<std::string> names;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator{path, code}) {
    if (entry.is_regular_file(code)) names.push_back(entry.path().string());
  }
  if (code) return fail(Errc::invalid_request, path + ": " + code.message());
  std::sort(names.begin(), names.end());
  std::vector<BatchItem> items;
  for (const std::string& name : names) {
    Program program;
    program.files = {name};
    CEX_TRY(JobRequest request, read_program(program));
    if (!choose_language(request, languages)) {
      std::fprintf(stderr, "cex: %s: of no known language, passed over\n", name.c_str());
      continue;
    }
    items.push_back({fs::path{name}.filename().string(), to_json_value(request), {}, {}});
  }
  return items;
}

Result<std::vector<BatchItem>> read_list(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file) return fail(Errc::invalid_request, path + ": cannot be read");
  auto document = parse_json(text);
  if (!document) return fail(Errc::invalid_request, path + ": " + document.error().message);
  Json jobs = document->is_object() ? document->value("jobs", Json{}) : *std::move(document);
  if (!jobs.is_array()) {
    return fail(Errc::invalid_request, path + ": must be a list of jobs, or {\"jobs\": [...]}");
  }
  std::vector<BatchItem> items;
  for (Json& job : jobs) {
    items.push_back({std::to_string(items.size() + 1), std::move(job), {}, {}});
  }
  return items;
}

}  // namespace

Result<std::vector<BatchItem>> read_batch(const std::string& path,
                                          const std::vector<LanguageInfo>& languages) {
  std::error_code code;
  auto items = fs::is_directory(path, code) ? read_folder(path, languages) : read_list(path);
  if (items && items->empty()) return fail(Errc::invalid_request, path + ": holds no job");
  return items;
}

}  // namespace cex::cli
