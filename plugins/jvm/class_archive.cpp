// SPDX-License-Identifier: Apache-2.0
#include "class_archive.hpp"

#include <algorithm>
#include <cstdint>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

namespace cex::plugins::jvm {
namespace {

constexpr std::uint32_t kFirstWithLists = 11;
constexpr std::uint32_t kFirstWithLinkedClasses = 24;
constexpr std::uint32_t kFirstWithAotMessages = 25;

// Objects of an archive with linked classes must fit into the first heap, or the JVM does not
// start.
constexpr std::uint64_t kSmallestHeap = 16 * plugin::kMiB;
// From here on references have 64 bits and the archive's have not.
constexpr std::uint64_t kUncompressedHeap = 32 * plugin::kGiB;

/// The heap that the user asked for, else what the limit gives; 0 = the JVM chooses.
std::uint64_t heap_of(const plugin::PlanRequest& request) {
  std::uint64_t heap = request.memory_bytes;
  for (const std::string_view arg : request.runtime_args) {
    if (const auto asked = heap_bytes(arg, "-Xmx")) heap = *asked;
  }
  return heap;
}

}  // namespace

bool makes_archives(const Jvm& jvm) {
  return jvm.release() >= kFirstWithLists;
}

plugin::Strings use_archive(const plugin::PlanRequest& request, const Jvm& jvm,
                            const Archive& archive) {
  const std::string_view place = request.layer(archive.layer);
  if (place.empty()) return {};
  return use_archive_at(jvm, std::string(place) + "/" + std::string(archive.file));
}

plugin::Strings use_archive_at(const Jvm& jvm, const std::string& path) {
  // Only the words about archives are turned off: they go to the program's stdout by default, and
  // no program without our archive would ever print them. All others stay as the bare JVM has them.
  const bool aot = jvm.release() >= kFirstWithAotMessages;
  return {"-XX:SharedArchiveFile=" + path,
          std::string("-Xlog:cds*=off") + (aot ? ",aot*=off" : "")};
}

plugin::Strings dump_archive(const Jvm& jvm, const std::string& class_list,
                             const std::string& archive) {
  // Before 23 only this collector writes the archived objects; every collector that the archive is
  // used with can read them, or does without.
  plugin::Strings arguments{"-Xshare:dump", "-XX:+UseG1GC", "-XX:-UsePerfData",
                            "-XX:SharedClassListFile=" + class_list,
                            "-XX:SharedArchiveFile=" + archive};
  if (jvm.release() >= kFirstWithLinkedClasses) arguments.emplace_back("-XX:+AOTClassLinking");
  return arguments;
}

bool fits_runtime_archive(const plugin::PlanRequest& request, const Jvm& jvm) {
  if (!makes_archives(jvm)) return false;
  const bool odd = std::any_of(
      request.runtime_args.begin(), request.runtime_args.end(), [](std::string_view arg) {
        return (chooses_collector(arg) && arg != "-XX:+UseSerialGC") ||
               plugin::starts_with(arg, "-Xms") || plugin::starts_with(arg, "-Xmn");
      });
  const std::uint64_t heap = heap_of(request);
  return !odd && (heap == 0 || (heap >= kSmallestHeap && heap < kUncompressedHeap));
}

}  // namespace cex::plugins::jvm
