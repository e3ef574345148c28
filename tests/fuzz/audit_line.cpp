// SPDX-License-Identifier: Apache-2.0

// Lines of the audit log: one that somebody made, and one that we write with a stranger's text in
// it and somebody changes afterwards. The input: where and how to change, then the text.
#include <cstdint>

#include "core/audit/chain.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using cex::fuzz::require;
namespace audit = cex::audit;

std::string sealed_line(std::string_view text) {
  cex::AuditRecord record;
  record.sequence = 1;
  record.event = cex::AuditEvent::finished;
  record.job = record.detail = std::string{text};
  record.sources = {{std::string{text.substr(0, 100)}, "hash"}};
  record.labels = {{"label", std::string{text}}};
  audit::Link link = audit::chain_start();
  const std::string line = audit::seal(record, link);
  require(link.sequence == 1 && link.hash != audit::chain_start().hash, "the chain moves on");
  require(line.find('\n') == line.size() - 1, "a record is one line");
  return line.substr(0, line.size() - 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = cex::fuzz::text_of(data, size);
  static_cast<void>(audit::open_line(text));
  if (size < 3) return 0;
  std::string line = sealed_line(text.substr(3));
  const auto opened = audit::open_line(line);
  require(opened.has_value() && opened->sequence == 1, "what we seal can be opened");
  require(opened->previous == audit::chain_start().hash, "and knows what stood before it");
  const std::size_t at = (std::size_t{data[0]} * 256 + data[1]) % line.size();
  const char before = line[at];
  line[at] = static_cast<char>(data[2]);
  if (line[at] != before) require(!audit::open_line(line), "a changed record is not opened");
  return 0;
}
