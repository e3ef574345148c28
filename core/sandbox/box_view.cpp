// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/box_view.hpp"

#include <filesystem>
#include <system_error>
#include <vector>

#include "core/base/files.hpp"
#include "core/base/text.hpp"

namespace cex::sandbox {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const UniqueFd& fd) {
  return "/proc/self/fd/" + std::to_string(fd.get());
}

std::string line_of(const fs::path& path) {
  return std::string{trim(read_text_file(path.string()))};
}

void note(BoxView& view, const fs::path& leaf, const char* file) {
  std::error_code error;
  if (fs::exists(leaf / file, error)) view.limits[file] = line_of(leaf / file);
}

// The job's process is the second one of the innermost pid namespace; the init is the first.
bool is_job(const std::string& status) {
  for (const auto line : split(status, '\n')) {
    if (!line.starts_with("NSpid:")) continue;
    const auto numbers = split(line, '\t');
    return numbers.size() > 2 && numbers.back() == "2";
  }
  return false;
}

std::string status_of_job(const fs::path& leaf) {
  const std::string pids = line_of(leaf / "cgroup.procs");
  for (const auto pid : split(pids, '\n')) {
    std::string status = read_text_file("/proc/" + std::string{pid} + "/status");
    if (is_job(status)) return status;
  }
  return {};
}

BoxView look(const CgroupInstance& cgroups, const std::string& leaf) {
  BoxView view;
  const fs::path memory = folder_of(cgroups.instances[wire::kMemory]) / leaf;
  if (cgroups.kind == wire::CgroupKind::v1) {
    const fs::path pids = folder_of(cgroups.instances[wire::kPids]) / leaf;
    note(view, memory, "memory.limit_in_bytes");
    note(view, memory, "memory.memsw.limit_in_bytes");
    note(view, pids, "pids.max");
    view.status = status_of_job(pids);
    return view;
  }
  for (const char* file : {"memory.max", "memory.swap.max", "memory.zswap.max", "memory.oom.group",
                           "pids.max", "cpu.max", "hugetlb.2MB.max", "hugetlb.1GB.max"}) {
    note(view, memory, file);
  }
  view.status = status_of_job(memory);
  return view;
}

}  // namespace

std::optional<BoxView> find_box(const CgroupInstance& cgroups, std::uint64_t memory_bytes) {
  if (cgroups.kind == wire::CgroupKind::none) return std::nullopt;
  const char* file = cgroups.kind == wire::CgroupKind::v1 ? "memory.limit_in_bytes" : "memory.max";
  std::error_code error;
  const fs::path folder = folder_of(cgroups.instances[wire::kMemory]);
  for (auto at = fs::directory_iterator{folder, error}; !error && at != fs::directory_iterator{};
       at.increment(error)) {
    if (!at->is_directory(error)) continue;
    if (line_of(at->path() / file) != std::to_string(memory_bytes)) continue;
    return look(cgroups, at->path().filename().string());
  }
  return std::nullopt;
}

}  // namespace cex::sandbox
