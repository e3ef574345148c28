// SPDX-License-Identifier: Apache-2.0
#include "core/engine/probing.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/policy/env_rules.hpp"

namespace cex::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::array kToolFolders{"/usr/local/bin",  "/usr/bin",  "/bin", "/usr/local/go/bin",
                                  "/usr/local/sbin", "/usr/sbin", "/sbin"};

// Expands the one component that may hold a star.
std::vector<fs::path> expand(const fs::path& pattern) {
  std::vector<fs::path> found{"/"};
  for (const auto& part : pattern.relative_path()) {
    const std::string name = part.string();
    std::vector<fs::path> next;
    for (const auto& folder : found) {
      if (name.find('*') == std::string::npos) {
        next.push_back(folder / name);
        continue;
      }
      std::error_code error;
      for (const auto& item : fs::directory_iterator{folder, error}) {
        if (glob_match(name, item.path().filename().string())) next.push_back(item.path());
      }
    }
    found = std::move(next);
  }
  std::sort(found.begin(), found.end());
  return found;
}

SandboxPlan probe_plan(const langspec::Probe& probe, const std::string& program) {
  SandboxPlan plan;
  plan.step = "probe " + probe.id;
  plan.argv = {program};
  plan.argv.insert(plan.argv.end(), probe.args.begin(), probe.args.end());
  for (const auto& [name, value] : policy::base_env()) plan.env.push_back(name + "=" + value);
  plan.limits.wall = std::chrono::seconds{120};
  plan.limits.cpu = std::chrono::seconds{60};
  plan.limits.memory_bytes = std::uint64_t{512} << 20U;
  plan.limits.output_bytes = 64 << 10U;
  return plan;
}

// What the program says; empty where it says nothing that could be kept.
std::optional<ProbeAnswer> ask(const plugins::LoadedPlugin& plugin, const langspec::Probe& probe,
                               const std::string& program, BoxRunner& runner, ProbeCache& cache,
                               const supervise::CancelToken& cancel) {
  const std::string key = ProbeCache::key_of(program, probe.args);
  if (auto known = cache.find(key)) return known;
  const auto nothing = runner.prepare({});
  if (!nothing) {
    log::error("probe impossible",
               {{"plugin", plugin.info.id}, {"reason", nothing.error().message}});
    return std::nullopt;
  }
  const SandboxPlan plan = probe_plan(probe, program);
  const StepOutcome outcome = runner.run({plan, **nothing, {}, {}, {}}, cancel);
  if (cancel.cancelled()) return std::nullopt;
  if (outcome.why != WhyEnded::exited) {
    log::warning("probe did not end well", {{"plugin", plugin.info.id},
                                            {"program", program},
                                            {"why", to_string(outcome.why)},
                                            {"detail", outcome.failure}});
    return std::nullopt;
  }
  ProbeAnswer answer{outcome.exit_code, outcome.out.bytes, outcome.err.bytes};
  if (!key.empty()) cache.put(key, answer);
  return answer;
}

// The folder in which a pattern's first star is, or the program itself.
std::string fixed_part(const fs::path& pattern) {
  fs::path fixed{"/"};
  for (const auto& part : pattern.relative_path().parent_path()) {
    if (part.string().find('*') != std::string::npos) break;
    fixed /= part;
  }
  return fixed.string();
}

}  // namespace

std::vector<std::string> resolve_candidates(const langspec::Probe& probe,
                                            const std::vector<std::string>& roots) {
  std::vector<std::string> programs;
  std::set<std::string> seen;  // real paths
  const auto consider = [&](const fs::path& path) {
    std::error_code error;
    const fs::path real = fs::canonical(path, error);
    if (error || !fs::is_regular_file(real, error) || ::access(real.c_str(), X_OK) != 0) return;
    const bool visible = std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
      return is_below(real.string(), root);
    });
    // The real path: plugins read a toolchain's home from it (/usr/bin/javac is a link to one).
    if (visible && seen.insert(real.string()).second) programs.push_back(real.string());
  };
  for (const std::string& candidate : probe.candidates) {
    if (!programs.empty() && !probe.every) break;
    std::vector<fs::path> paths;
    if (candidate.find('/') == std::string::npos) {
      for (const char* folder : kToolFolders) {
        for (auto& path : expand(fs::path{folder} / candidate)) paths.push_back(std::move(path));
      }
    } else {
      paths = expand(candidate);
    }
    for (const auto& path : paths) {
      if (!programs.empty() && !probe.every) break;
      consider(path);
    }
  }
  return programs;
}

std::vector<FoundToolchain> run_probes(const plugins::LoadedPlugin& plugin,
                                       const std::vector<std::string>& roots, BoxRunner& runner,
                                       ProbeCache& cache, const supervise::CancelToken& cancel) {
  std::vector<FoundToolchain> found;
  for (std::size_t order = 0; order < plugin.description.probes.size(); ++order) {
    const auto& probe = plugin.description.probes[order];
    for (const auto& program : resolve_candidates(probe, roots)) {
      const auto answer = ask(plugin, probe, program, runner, cache, cancel);
      if (!answer) continue;
      auto toolchain =
          plugin.spec->recognise({probe.id, program, answer->exit_code, answer->out, answer->err});
      if (!toolchain) {
        log::warning("plugin failed on a probe's output",
                     {{"plugin", plugin.info.id}, {"reason", toolchain.error().message}});
      } else if (*toolchain) {
        found.push_back({**std::move(toolchain), order});
      }
    }
  }
  return found;
}

std::string stamp_of_tools(
    const std::vector<std::shared_ptr<const plugins::LoadedPlugin>>& plugins) {
  std::set<std::string> folders{kToolFolders.begin(), kToolFolders.end()};
  for (const auto& plugin : plugins) {
    for (const auto& probe : plugin->description.probes) {
      for (const auto& candidate : probe.candidates) {
        if (candidate.find('/') != std::string::npos) folders.insert(fixed_part(candidate));
      }
    }
  }
  std::string stamp;
  for (const std::string& folder : folders) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) continue;
    stamp += folder + ' ' + std::to_string(status.st_mtim.tv_sec) + '.' +
             std::to_string(status.st_mtim.tv_nsec) + '\n';
  }
  return stamp;
}

}  // namespace cex::engine
