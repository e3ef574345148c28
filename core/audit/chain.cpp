// SPDX-License-Identifier: Apache-2.0
#include "core/audit/chain.hpp"

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace cex::audit {
namespace {

constexpr std::size_t kMaxLineBytes = std::size_t{4} << 20U;
constexpr std::size_t kHashDigits = 64;

// The canonical bytes are our compact JSON with sorted keys, `prev` included and `hash` left out.
std::string hash_of(std::string_view previous, const nlohmann::json& value) {
  return sha256_hex(std::string{previous} + dump_json(value));
}

Result<std::string> hash_field(const nlohmann::json& value, const char* key) {
  const auto found = value.find(key);
  if (found == value.end() || !found->is_string()) {
    return fail(Errc::audit, std::string{"has no "} + key);
  }
  auto text = found->get<std::string>();
  if (text.size() != kHashDigits) return fail(Errc::audit, std::string{key} + " is not a hash");
  return text;
}

}  // namespace

Link chain_start() {
  return {0, std::string(kHashDigits, '0')};
}

std::string seal(const AuditRecord& record, Link& link) {
  nlohmann::json value = to_json_value(record);
  value["prev"] = link.hash;
  std::string hash = hash_of(link.hash, value);
  value["hash"] = hash;
  link = {record.sequence, std::move(hash)};
  return dump_json(value) + "\n";
}

Result<SealedLine> open_line(std::string_view line) {
  auto parsed = parse_json(line, {.max_bytes = kMaxLineBytes});
  if (!parsed || !parsed->is_object()) return fail(Errc::audit, "is not a JSON object");
  if (dump_json(*parsed) != line) return fail(Errc::audit, "is not written as this server writes");
  const auto sequence = parsed->find("seq");
  if (sequence == parsed->end() || !sequence->is_number_unsigned()) {
    return fail(Errc::audit, "has no seq");
  }
  SealedLine sealed;
  sealed.sequence = sequence->get<std::uint64_t>();
  CEX_TRY(sealed.previous, hash_field(*parsed, "prev"));
  CEX_TRY(sealed.hash, hash_field(*parsed, "hash"));
  parsed->erase("hash");
  if (hash_of(sealed.previous, *parsed) != sealed.hash) {
    return fail(Errc::audit, "was changed: its hash is not its own");
  }
  return sealed;
}

// Keys are sorted and strings are escaped, so the first place that looks like the field is the
// field, unless an object before it has one of the same name; then the hash does not fit.
std::optional<SealedLine> follow_line(std::string_view line, const Link& link) {
  constexpr std::string_view kField = ",\"hash\":\"";
  const auto at = line.find(kField);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t closing = at + kField.size() + kHashDigits;
  if (closing >= line.size() || line[closing] != '"') return std::nullopt;
  const std::string_view hash = line.substr(at + kField.size(), kHashDigits);
  std::string hashed;
  hashed.reserve(line.size());
  hashed.append(link.hash).append(line.substr(0, at));
  hashed.append(line.substr(closing + 1));
  const std::string sequence = ",\"seq\":" + std::to_string(link.sequence + 1) + ",";
  if (hashed.find(sequence) == std::string::npos || sha256_hex(hashed) != hash) return std::nullopt;
  return SealedLine{link.sequence + 1, link.hash, std::string{hash}};
}

}  // namespace cex::audit
