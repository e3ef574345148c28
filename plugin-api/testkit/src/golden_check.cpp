// SPDX-License-Identifier: Apache-2.0
#include "golden_check.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace cex::testkit {
namespace {

std::vector<std::filesystem::path> files_of(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code
      ignored;  // a folder that cannot be read has no golden files, and the check says so
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Json read(const std::filesystem::path& file) {
  std::ifstream in(file);
  Json content = Json::parse(in, nullptr, false);
  if (content.is_discarded()) throw std::runtime_error(file.string() + ": not JSON");
  return content;
}

std::vector<Json*> cases_of(Json& content) {
  std::vector<Json*> cases;
  if (!content.contains("cases")) return {&content};
  for (Json& one : content.at("cases")) cases.push_back(&one);
  return cases;
}

/// The part of an answer that golden files hold.
void store(Json& one, const Answer& answer) {
  one.erase("records");
  one.erase("error");
  if (answer.status == CEX_OK) {
    one["records"] = answer.records;
  } else {
    one["error"] = answer.error;
  }
}

std::string first_difference(const Json& expected, const Json& got) {
  const Json patch = Json::diff(expected, got);
  if (patch.empty()) return "the order of fields differs";
  return patch.at(0).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::vector<Json> golden_calls(const std::string& folder) {
  std::vector<Json> calls;
  for (const auto& file : files_of(folder)) {
    Json content = read(file);
    for (const Json* one : cases_of(content)) calls.push_back(*one);
  }
  return calls;
}

void check_golden(const Entry& entry, const std::string& folder, bool update, Report& report) {
  std::size_t compared = 0;
  for (const auto& file : files_of(folder)) {
    Json content = read(file);
    std::size_t number = 0;
    for (Json* one : cases_of(content)) {
      const Json expected = *one;
      store(*one, call(entry, expected));
      const std::string name = file.filename().string() + " case " + std::to_string(number++);
      if (!update && *one != expected) {
        report.fail("golden", name + ": " + first_difference(expected, *one));
      }
      ++compared;
    }
    if (update) {
      std::ofstream out(file);
      out << content.dump(2) << "\n";
      if (!out.flush()) report.fail("golden", file.string() + ": cannot be written");
    }
  }
  if (compared == 0) {
    report.warn("golden", "no golden records in " + folder);
  } else if (report.passed()) {
    report.pass("golden",
                std::to_string(compared) + (update ? " cases written" : " cases as recorded"));
  }
}

}  // namespace cex::testkit
