// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstring>
#include <string>

#include <cex/testkit/check.hpp>

namespace {

constexpr char kUsage[] =
    "usage: cex-plugin-check [--golden DIR] [--update-golden] [--dump] [--quiet] DIR\n"
    "Checks the plugin folder DIR (plugin.json and the shared object beside it).\n"
    "  --golden DIR      recorded calls; default DIR/golden\n"
    "  --update-golden   write what the plugin says instead of comparing\n"
    "  --dump            print what the plugin describes, as JSON, and stop\n"
    "  --quiet           print warnings and failures only\n"
    "  --version         print the version of the plugin API that it belongs to\n"
    "Exit status: 0 passed, 1 failed, 64 wrong use.\n";

const char* name_of(cex::testkit::Finding::Level level) {
  switch (level) {
    case cex::testkit::Finding::Level::pass:
      return "ok";
    case cex::testkit::Finding::Level::warning:
      return "warning";
    case cex::testkit::Finding::Level::failure:
      return "FAILED";
  }
  return "";
}

int wrong_use() {
  std::fputs(kUsage, stderr);
  return 64;
}

}  // namespace

int main(int argc, char** argv) {
  cex::testkit::CheckOptions options;
  bool dump = false;
  bool quiet = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help" || word == "-h") {
      std::fputs(kUsage, stdout);
      return 0;
    }
    if (word == "--version") {
      std::puts("cex-plugin-check " CEX_PLUGIN_API_VERSION);
      return 0;
    }
    if (word == "--golden" && i + 1 < argc) {
      options.golden_folder = argv[++i];
    } else if (word == "--update-golden") {
      options.update_golden = true;
    } else if (word == "--dump") {
      dump = true;
    } else if (word == "--quiet") {
      quiet = true;
    } else if (word.rfind('-', 0) == 0 || !options.folder.empty()) {
      return wrong_use();
    } else {
      options.folder = word;
    }
  }
  if (options.folder.empty()) return wrong_use();

  if (dump) {
    std::string problem;
    const std::string text = cex::testkit::dump_description(options.folder, problem);
    if (!problem.empty()) {
      std::fprintf(stderr, "%s: %s\n", options.folder.c_str(), problem.c_str());
      return 1;
    }
    std::printf("%s\n", text.c_str());
    return 0;
  }
  const cex::testkit::Report report = cex::testkit::check_plugin(options);
  for (const auto& finding : report.findings()) {
    if (quiet && finding.level == cex::testkit::Finding::Level::pass) continue;
    std::printf("%-8s %-8s %s\n", name_of(finding.level), finding.check.c_str(),
                finding.message.c_str());
  }
  std::printf("%s: %s\n", options.folder.c_str(), report.passed() ? "passed" : "failed");
  return report.passed() ? 0 : 1;
}
