// SPDX-License-Identifier: Apache-2.0
#include "core/audit/scan.hpp"

#include <utility>

#include "core/audit/log_files.hpp"

namespace cex::audit {
namespace {

/// Empty if `sealed` continues the chain at `link`.
std::string break_between(const Link& link, const SealedLine& sealed) {
  const std::uint64_t expected = link.sequence + 1;
  if (sealed.sequence > expected) {
    return "records " + std::to_string(expected) + " to " + std::to_string(sealed.sequence - 1) +
           " are missing before it";
  }
  if (sealed.sequence < expected) {
    return "record " + std::to_string(sealed.sequence) + " stands where record " +
           std::to_string(expected) + " belongs";
  }
  if (sealed.previous != link.hash) return "does not follow the record before it";
  return {};
}

Result<SealedLine> take_apart(std::string_view line, const std::optional<Link>& link,
                              std::uint64_t signed_to) {
  if (link && link->sequence < signed_to) {
    if (auto sealed = follow_line(line, *link)) return *std::move(sealed);
  }
  return open_line(line);
}

}  // namespace

Result<ScanResult> scan_log(const std::string& path, std::optional<Link> start,
                            const ScanEvents& events, std::uint64_t signed_to) {
  ScanResult result;
  result.link = std::move(start);
  CEX_CHECK(for_each_line(path, [&](const RawLine& line) {
    if (!line.complete) {
      result.torn = TornLine{line.offset, std::string{line.text}};
      return true;
    }
    auto sealed = take_apart(line.text, result.link, signed_to);
    if (!sealed) {
      events.finding(line.number, std::move(sealed).error().message);
      // Its content is worth nothing, so neither is what would have to follow it.
      result.link.reset();
      return true;
    }
    if (result.link) {
      if (auto broken = break_between(*result.link, *sealed); !broken.empty()) {
        events.finding(line.number, std::move(broken));
      }
    }
    ++result.records;
    events.record(*sealed);
    result.link = Link{sealed->sequence, sealed->hash};
    return true;
  }));
  return result;
}

}  // namespace cex::audit
