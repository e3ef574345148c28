// SPDX-License-Identifier: Apache-2.0
#include "jvm_common.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "class_archive.hpp"

namespace cex::plugins::jvm {
namespace {

constexpr std::uint64_t kSmallestHeap = 16 * plugin::kMiB;

bool any_starts_with(const std::vector<std::string_view>& list, std::string_view start) {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view item) { return plugin::starts_with(item, start); });
}

/// Heap sizes as a user wrote them must fit the limit; the JVM would start and die later.
void check_heap(const plugin::PlanRequest& request) {
  for (const std::string_view arg : request.runtime_args) {
    for (const std::string_view flag : {"-Xmx", "-Xms", "-Xmn"}) {
      if (!plugin::starts_with(arg, flag)) continue;
      const auto bytes = heap_bytes(arg, flag);
      if (!bytes)
        throw plugin::BadRequest(std::string(arg) + " is no size; write for example -Xmx256m");
      if (request.memory_bytes != 0 && *bytes > request.memory_bytes) {
        throw plugin::BadRequest(std::string(arg) + " is above the memory limit of " +
                                 std::to_string(request.memory_bytes) + " bytes");
      }
    }
  }
}

}  // namespace

std::uint32_t Jvm::release() const {
  return plugin::version_part(version, 0);
}

bool chooses_collector(std::string_view argument) {
  return plugin::starts_with(argument, "-XX:+Use") && plugin::ends_with(argument, "GC");
}

plugin::Strings for_launcher(plugin::Strings flags) {
  for (std::string& flag : flags) flag.insert(0, "-J");
  return flags;
}

std::string home_of(std::string_view tool) {
  return std::string(plugin::folder_of(plugin::folder_of(tool)));
}

plugin::Strings read_only_paths(const std::string& home) {
  plugin::Strings paths{home};
  const std::string name(plugin::base_name(home));
  // ".../java-17-openjdk-amd64/conf" is a link to "/etc/java-17-openjdk".
  const std::size_t at = name.find("-openjdk");
  if (plugin::starts_with(home, "/usr/lib/jvm/java-") && at != std::string::npos) {
    paths.push_back("/etc/" + name.substr(0, at) + "-openjdk");
  }
  return paths;
}

plugin::Strings runtime_arguments() {
  return {"-Xss*",
          "-Xms*",
          "-Xmx*",
          "-Xmn*",
          "-Xint",
          "-ea",
          "-da",
          "-esa",
          "-dsa",
          "-enableassertions",
          "--enable-preview",
          "-verbose:gc",
          "-Xlog:gc",
          "-XX:+UseSerialGC",
          "-XX:+UseParallelGC",
          "-XX:+UseG1GC",
          "-XX:+UseZGC",
          "-XX:+UseShenandoahGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-TieredCompilation",
          "-XX:MaxMetaspaceSize=*",
          "-XX:ReservedCodeCacheSize=*",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:+UseStringDeduplication",
          "-XX:-OmitStackTraceInFastThrow",
          "-Dfile.encoding=*",
          "-Duser.language=*",
          "-Duser.country=*",
          "-Duser.timezone=*",
          "-Djava.util.concurrent.ForkJoinPool.common.parallelism=*"};
}

plugin::Option runtime_option(std::string_view language) {
  return {.language = std::string(language),
          .id = "jvm",
          .allowed = runtime_arguments(),
          .kind = plugin::OptionKind::runtime_argument};
}

std::optional<std::uint64_t> heap_bytes(std::string_view argument, std::string_view flag) {
  if (!plugin::skip(argument, flag)) return std::nullopt;
  std::uint32_t number = 0;
  if (!plugin::take_number(argument, number) || argument.size() > 1) return std::nullopt;
  if (argument.empty()) return number;
  switch (argument[0]) {
    case 'k':
    case 'K':
      return std::uint64_t{number} << 10U;
    case 'm':
    case 'M':
      return std::uint64_t{number} << 20U;
    case 'g':
    case 'G':
      return std::uint64_t{number} << 30U;
    default:
      return std::nullopt;
  }
}

plugin::Strings compiler_flags(std::uint64_t memory_bytes) {
  // Enough for a large program; the rest of a generous limit is not worth reserving.
  const std::uint64_t most = 1024 * plugin::kMiB;
  // A small program ends before the first collection; javac's own choice, 8 MiB, takes several.
  const std::uint64_t first = 96 * plugin::kMiB;
  const std::uint64_t heap =
      std::clamp(memory_bytes == 0 ? 256 * plugin::kMiB : memory_bytes, 64 * plugin::kMiB, most);
  return {"-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",  // it ends before the second compiler would pay off
          "-XX:-UsePerfData",
          "-Xshare:auto",
          "-Xms" + std::to_string(std::min(heap, first) / plugin::kMiB) + "m",
          "-Xmx" + std::to_string(heap / plugin::kMiB) + "m"};
}

plugin::Hints hints(const plugin::PlanRequest& request) {
  const std::uint64_t mapped = 8 * plugin::kGiB;  // class space, code cache, archives, stacks
  const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - mapped;
  return {.threads = 48,
          .address_space_bytes = mapped + std::min(request.memory_bytes, room),
          .overhead_memory_bytes = 160 * plugin::kMiB,
          .tmp_bytes = 32 * plugin::kMiB};
}

plugin::Strings sources(const plugin::PlanRequest& request, const plugin::Strings& extensions,
                        std::string_view name) {
  plugin::Strings found;
  for (const std::string_view file : request.files) {
    const bool is_source =
        std::any_of(extensions.begin(), extensions.end(),
                    [&](const std::string& end) { return plugin::ends_with(file, end); });
    if (!is_source) continue;
    const auto place = file == request.entry_file ? found.begin() : found.end();
    found.insert(place, plugin::as_argument(file));
  }
  if (found.empty()) {
    throw plugin::BadRequest("no " + std::string(name) + " source among the files (" +
                             extensions.front() + ")");
  }
  return found;
}

std::optional<plugin::Toolchain> recognise_at_home(const plugin::ProbeOutput& output,
                                                   std::string_view language, std::string_view name,
                                                   std::string_view words) {
  std::string version = plugin::scan_version(output.out, words);
  if (version.empty()) version = plugin::scan_version(output.err, words);
  const std::string home = home_of(output.executable);
  if (version.empty() || home.empty()) return std::nullopt;
  return plugin::Toolchain{.id = std::string(language) + "-" + version,
                           .executable = std::string(output.executable),
                           .version = version,
                           .label = std::string(name) + " " + version,
                           .languages = {std::string(language)},
                           .read_only_paths = {home}};
}

plugin::Step compiler_step(const plugin::PlanRequest& request, const Jvm& jvm, std::string name,
                           const Archive& archive, const std::string& class_path) {
  plugin::Step step{.name = std::move(name), .argv = {jvm.launcher()}};
  add(step.argv, compiler_flags(request.memory_bytes));
  add(step.argv, use_archive(request, jvm, archive));
  add(step.argv, {"-cp", class_path});
  if (makes_archives(jvm)) step.layers = {std::string(archive.layer)};
  step.needs_exec_memory = true;
  step.needs_proc = true;
  step.hints = hints(request);
  step.hints.overhead_memory_bytes = 512 * plugin::kMiB;
  step.hints.tmp_bytes = 128 * plugin::kMiB;
  return step;
}

plugin::Step run_step(const plugin::PlanRequest& request, const Jvm& jvm, const Program& program) {
  check_heap(request);
  plugin::Step step{.name = "java", .argv = {jvm.launcher()}};
  if (std::none_of(request.runtime_args.begin(), request.runtime_args.end(), chooses_collector)) {
    step.argv.emplace_back("-XX:+UseSerialGC");
  }
  // No memory-mapped performance data in /tmp; archives that do not fit are not worth a word.
  step.argv.insert(step.argv.end(), {"-XX:-UsePerfData", "-Xshare:auto",
                                     "-XX:ActiveProcessorCount=" + std::to_string(request.cpus())});
  if (program.jar.empty() && fits_runtime_archive(request, jvm)) {
    step.layers = {std::string(program.archive.layer)};
    add(step.argv, use_archive(request, jvm, program.archive));
  }
  if (!any_starts_with(request.runtime_args, "-Xmx") && request.memory_bytes != 0) {
    const std::uint64_t heap = std::max(request.memory_bytes, kSmallestHeap) / plugin::kMiB;
    step.argv.push_back("-Xmx" + std::to_string(heap) + "m");
  }
  add(step.argv, program.flags);
  plugin::append(step.argv, request.runtime_args);
  if (program.jar.empty()) {
    add(step.argv, {"-cp", program.class_path, program.main_class});
  } else {
    add(step.argv, {"-jar", program.jar});
  }
  add(step.argv, program.arguments);
  plugin::append(step.argv, request.args);
  step.needs_exec_memory = true;
  step.needs_proc = true;
  step.keep_stdin = true;
  step.hints = hints(request);
  return step;
}

}  // namespace cex::plugins::jvm
