// SPDX-License-Identifier: Apache-2.0
#include "tests/corpus/processes.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace cex::test {
namespace {

struct Process {
  std::string name;
  long parent{0};
};

}  // namespace

std::map<std::string, std::uint64_t> names_of_descendants(pid_t ancestor) {
  std::map<long, Process> all;
  for (const auto& item : std::filesystem::directory_iterator{"/proc"}) {
    std::ifstream in{item.path() / "stat"};
    std::string stat;
    if (!std::getline(in, stat)) continue;
    // "pid (name) state parent ...": the name may hold anything, so look for its last bracket.
    const auto open = stat.find('(');
    const auto close = stat.rfind(')');
    std::istringstream rest{stat.substr(close + 1)};
    std::string state;
    Process process{stat.substr(open + 1, close - open - 1), 0};
    rest >> state >> process.parent;
    all[std::stol(stat)] = process;
  }
  std::map<std::string, std::uint64_t> names;
  for (const auto& [pid, process] : all) {
    long at = pid;
    while (all.count(at) != 0 && at != ancestor) at = all[at].parent;
    if (at == ancestor && pid != ancestor) ++names[process.name];
  }
  return names;
}

}  // namespace cex::test
