// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace cex {
namespace {

constexpr bool is_continuation(unsigned char byte) {
  return (byte & 0xC0U) == 0x80U;
}

// Length of the well-formed sequence at the start of `bytes`, 0 if there is none. The second byte's
// range depends on the first: that is what shuts out overlong forms and surrogates (RFC 3629).
std::size_t utf8_sequence(std::string_view bytes) noexcept {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80U) return 1;
  std::size_t length = 0;
  unsigned char low = 0x80U;
  unsigned char high = 0xBFU;
  if (lead >= 0xC2U && lead <= 0xDFU) {
    length = 2;
  } else if (lead >= 0xE0U && lead <= 0xEFU) {
    length = 3;
    if (lead == 0xE0U) low = 0xA0U;
    if (lead == 0xEDU) high = 0x9FU;
  } else if (lead >= 0xF0U && lead <= 0xF4U) {
    length = 4;
    if (lead == 0xF0U) low = 0x90U;
    if (lead == 0xF4U) high = 0x8FU;
  } else {
    return 0;
  }
  if (bytes.size() < length || at(1) < low || at(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!is_continuation(at(i))) return 0;
  }
  return length;
}

/// All places of the pattern at which a match could be, moved on byte by byte: the cost is bounded
/// by the product of the lengths, whatever pattern and name are. Both come from users.
class GlobStates {
 public:
  explicit GlobStates(std::string_view pattern) : pattern_{pattern}, seen_(pattern.size() + 1, 0) {
    enter(0);
  }

  [[nodiscard]] bool empty() const { return now_.empty(); }
  [[nodiscard]] bool at_end() const { return seen_[pattern_.size()] == round_; }

  void take(char c) {
    std::swap(now_, before_);
    now_.clear();
    ++round_;
    for (const std::size_t at : before_) {
      if (at == pattern_.size()) continue;
      if (folders(at)) {
        add(at);
        if (c == '/') enter(at + 3);
      } else if (pattern_[at] == '*') {
        if (deep(at) || c != '/') enter(at);
      } else if (pattern_[at] == '?' ? c != '/' : pattern_[at] == c) {
        enter(at + 1);
      }
    }
  }

 private:
  [[nodiscard]] bool deep(std::size_t at) const { return pattern_.substr(at, 2) == "**"; }
  // "**/" where a name of a folder would stand: whole folders, or none.
  [[nodiscard]] bool folders(std::size_t at) const {
    return pattern_.substr(at, 3) == "**/" && (at == 0 || pattern_[at - 1] == '/');
  }

  void add(std::size_t at) {
    if (seen_[at] == round_) return;
    seen_[at] = round_;
    now_.push_back(at);
  }

  // Stars match nothing as well, so whoever stands before one stands behind it, too.
  void enter(std::size_t at) {
    add(at);
    while (at < pattern_.size() && pattern_[at] == '*') {
      at += folders(at) ? 3 : deep(at) ? 2 : 1;
      add(at);
    }
  }

  std::string_view pattern_;
  std::vector<std::size_t> seen_;  // in which round each place was entered last
  std::size_t round_{1};
  std::vector<std::size_t> now_;
  std::vector<std::size_t> before_;
};

}  // namespace

bool is_valid_utf8(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const std::size_t length = utf8_sequence(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string base64_encode(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                      reinterpret_cast<const unsigned char*>(bytes.data()),
                                      static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(written));
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  // EVP_DecodeBlock forgives white space and misplaced '='; we do not.
  const auto body = text.substr(0, text.size() - padding);
  const bool clean = std::all_of(body.begin(), body.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '+' || c == '/';
  });
  if (!clean) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  if (text.empty()) return out;
  const int written = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()));
  if (written < 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(written) - padding);
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::string out;
  out.reserve(std::size_t{length} * 2);
  for (unsigned int i = 0; i < length; ++i) {
    out += kDigits[digest[i] >> 4U];
    out += kDigits[digest[i] & 15U];
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string ascii_lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string join(const std::vector<std::string>& items, std::string_view separator) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += separator;
    out += item;
  }
  return out;
}

bool is_below(std::string_view path, std::string_view folder) noexcept {
  if (folder.ends_with('/')) folder.remove_suffix(1);
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::optional<std::uint64_t> parse_u64(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

bool glob_match(std::string_view pattern, std::string_view name) {
  GlobStates states{pattern};
  for (const char c : name) {
    if (states.empty()) return false;
    states.take(c);
  }
  return states.at_end();
}

std::string printable(std::string_view text, std::size_t max) {
  std::string out{text.substr(0, max)};
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20U || byte == 0x7FU) c = '?';
  }
  if (text.size() > max) out += "...";
  return out;
}

bool version_less(std::string_view a, std::string_view b) {
  const auto left = split(a, '.');
  const auto right = split(b, '.');
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string_view l = i < left.size() ? left[i] : "0";
    const std::string_view r = i < right.size() ? right[i] : "0";
    const auto ln = parse_u64(l);
    const auto rn = parse_u64(r);
    if (ln && rn) {
      if (*ln != *rn) return *ln < *rn;
    } else if (l != r) {
      return l < r;
    }
  }
  return false;
}

}  // namespace cex
