// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include <cex/testkit/check.hpp>

#include "calls.hpp"
#include "child.hpp"
#include "elf_check.hpp"
#include "entry.hpp"
#include "golden_check.hpp"
#include "manifest_check.hpp"
#include "manners_check.hpp"
#include "purity_check.hpp"

namespace cex::testkit {
namespace {

Entry open_or_throw(const std::string& folder, const Json& manifest) {
  std::string problem;
  // An absolute path: a bare name would be searched for among the system's libraries.
  const auto library = std::filesystem::absolute(std::filesystem::path(folder) /
                                                 manifest.at("library").get<std::string>());
  Entry entry = Entry::open(library.string(), manifest.at("id").get<std::string>(),
                            manifest.at("version").get<std::string>(), problem);
  if (!problem.empty()) throw std::runtime_error(problem);
  return entry;
}

void check_native(const CheckOptions& options, const Json& manifest, Report& report) {
  const std::string& folder = options.folder;
  const std::string golden =
      options.golden_folder.empty() ? folder + "/golden" : options.golden_folder;
  check_elf(folder + "/" + manifest.at("library").get<std::string>(), report);
  run_in_child(report, "entry", [&](Report& found, int) {
    const Entry entry = open_or_throw(folder, manifest);
    found.pass("entry", "loads, versions agree, open() accepts the host");
  });
  if (!report.passed()) return;
  run_in_child(report, "manners", [&](Report& found, int) {
    check_manners(open_or_throw(folder, manifest), manifest, found);
  });
  run_in_child(report, "purity", [&](Report& found, int last_words_fd) {
    const Entry entry = open_or_throw(folder, manifest);
    std::vector<Json> calls = sample_calls(call(entry, {{"call", "describe"}}).records);
    for (Json& one : golden_calls(golden)) calls.push_back(std::move(one));
    check_purity(entry, calls, last_words_fd, found);
  });
  run_in_child(report, "golden", [&](Report& found, int) {
    check_golden(open_or_throw(folder, manifest), golden, options.update_golden, found);
  });
}

}  // namespace

Report check_plugin(const CheckOptions& options) {
  Report report;
  try {
    const auto manifest = check_manifest(options.folder, report);
    if (manifest && manifest->at("kind") == "native") check_native(options, *manifest, report);
  } catch (const std::exception& problem) {
    report.fail("kit", problem.what());
  }
  return report;
}

std::string dump_description(const std::string& folder, std::string& problem) {
  try {
    Report report;
    const auto manifest = check_manifest(folder, report);
    if (!manifest) throw std::runtime_error(report.findings().front().message);
    if (manifest->at("kind") != "native") return manifest->dump(2);
    const Entry entry = open_or_throw(folder, *manifest);
    return call(entry, {{"call", "describe"}})
        .records.dump(2, ' ', false, Json::error_handler_t::replace);
  } catch (const std::exception& found) {
    problem = found.what();
    return {};
  }
}

}  // namespace cex::testkit
