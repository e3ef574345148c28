// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/stored_event.hpp"

#include <cstdint>

#include "core/base/text.hpp"

namespace cex::cluster {
namespace {

constexpr std::size_t kLargestPiece = std::size_t{1} << 20U;
constexpr std::uint64_t kMaxRuns = 1'000'000;

}  // namespace

void add_words(std::vector<std::string>& words, const JobEvent& event) {
  words.push_back(std::to_string(event.sequence));
  words.push_back(std::to_string(static_cast<unsigned>(event.kind)));
  words.emplace_back(event.compile ? "1" : "0");
  words.push_back(std::to_string(event.run));
  words.push_back(std::to_string(static_cast<unsigned>(event.state)));
  words.push_back(event.bytes);
}

std::optional<JobEvent> read_event(const Reply& entry) {
  const auto id = entry[0].as_text();
  if (!id) return std::nullopt;
  const auto dash = id->find('-');
  const auto sequence = parse_u64(id->substr(0, dash));
  if (dash == std::string_view::npos || !sequence || *sequence == 0) return std::nullopt;
  std::optional<std::uint64_t> kind;
  std::optional<std::uint64_t> compile;
  std::optional<std::uint64_t> run;
  std::optional<std::uint64_t> state;
  std::optional<std::string_view> bytes;
  const Reply& fields = entry[1];
  for (std::size_t i = 0; i + 1 < fields.items.size(); i += 2) {
    const auto name = fields[i].as_text();
    const Reply& value = fields[i + 1];
    if (name == "k") kind = value.as_number();
    if (name == "c") compile = value.as_number();
    if (name == "r") run = value.as_number();
    if (name == "s") state = value.as_number();
    if (name == "b") bytes = value.as_text();
  }
  const bool good = kind && *kind <= static_cast<std::uint64_t>(JobEvent::Kind::error) && compile &&
                    *compile <= 1 && run && *run <= kMaxRuns && state &&
                    *state <= static_cast<std::uint64_t>(JobState::cancelled) && bytes &&
                    bytes->size() <= kLargestPiece;
  if (!good) return std::nullopt;
  JobEvent event;
  event.sequence = *sequence;
  event.kind = static_cast<JobEvent::Kind>(*kind);
  event.compile = *compile == 1;
  event.run = static_cast<std::uint32_t>(*run);
  event.state = static_cast<JobState>(*state);
  event.bytes = *bytes;
  return event;
}

}  // namespace cex::cluster
