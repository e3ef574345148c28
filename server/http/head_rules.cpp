// SPDX-License-Identifier: Apache-2.0
#include "server/http/head_rules.hpp"

#include <algorithm>
#include <cctype>

#include "core/base/text.hpp"

namespace cex::http {
namespace {

using Checked = tl::expected<Framing, Refusal>;

tl::unexpected<Refusal> refuse(ProblemKind kind, std::string detail) {
  return tl::unexpected(Refusal{kind, std::move(detail)});
}

tl::unexpected<Refusal> malformed(std::string detail) {
  return refuse(ProblemKind::invalid_request, std::move(detail));
}

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return (c < 0x80U && std::isalnum(c) != 0) ||
           kOthers.find(static_cast<char>(c)) != kOthers.npos;
  });
}

bool equals_ignoring_case(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](unsigned char x, char y) {
    return static_cast<char>(std::tolower(x)) == y;
  });
}

// What the fields of one head say, gathered before judging: several rules look at pairs of fields.
struct Gathered {
  bool http_1_1{false};
  std::string_view method;
  std::string_view target;
  std::size_t hosts{0};
  std::string_view host;
  std::size_t lengths{0};
  std::string_view length;
  std::size_t encodings{0};
  std::string_view encoding;
  std::size_t expectations{0};
  std::string_view expectation;
};

std::optional<Refusal> read_request_line(std::string_view line, Gathered& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == line.npos || first == last) {
    return Refusal{ProblemKind::invalid_request,
                   "the request line is not METHOD TARGET VERSION, each apart by one space"};
  }
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(head.method) || head.method.size() > kMaxMethodBytes) {
    return Refusal{ProblemKind::invalid_request, "the method is not a token"};
  }
  if (head.target.size() > kMaxTargetBytes) {
    return Refusal{ProblemKind::uri_too_long, "the request target is longer than 8192 bytes"};
  }
  const bool printable_target =
      !head.target.empty() &&
      std::all_of(head.target.begin(), head.target.end(),
                  [](unsigned char c) { return c > 0x20U && c < 0x7FU && c != '#'; });
  if (!printable_target) {
    return Refusal{ProblemKind::invalid_request,
                   "the request target holds bytes that must be percent-encoded"};
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Refusal{ProblemKind::version_not_supported,
                   "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  }
  head.http_1_1 = version == "HTTP/1.1";
  return std::nullopt;
}

void note_field(std::string_view name, std::string_view value, Gathered& head) {
  if (equals_ignoring_case(name, "host")) {
    ++head.hosts;
    head.host = value;
  } else if (equals_ignoring_case(name, "content-length")) {
    ++head.lengths;
    head.length = value;
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    ++head.encodings;
    head.encoding = value;
  } else if (equals_ignoring_case(name, "expect")) {
    ++head.expectations;
    head.expectation = value;
  }
}

std::optional<Refusal> read_field(std::string_view line, Gathered& head) {
  if (line.front() == ' ' || line.front() == '\t') {
    return Refusal{ProblemKind::invalid_request, "folded header fields are not accepted"};
  }
  const auto colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon))) {
    return Refusal{ProblemKind::invalid_request,
                   "a header field is not NAME: VALUE (no space before the colon)"};
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  if (name.size() > kMaxFieldNameBytes || value.size() > kMaxFieldValueBytes) {
    return Refusal{ProblemKind::header_too_large,
                   "a header field is longer than 256 bytes of name or 8192 bytes of value"};
  }
  const bool clean = std::none_of(value.begin(), value.end(), [](unsigned char c) {
    return (c < 0x20U && c != '\t') || c == 0x7FU;
  });
  if (!clean) {
    return Refusal{ProblemKind::invalid_request, "a header field holds a control character"};
  }
  note_field(name, value, head);
  return std::nullopt;
}

std::optional<Refusal> check_host(const Gathered& head) {
  if (head.hosts > 1 || (head.http_1_1 && head.hosts == 0)) {
    return Refusal{ProblemKind::invalid_request, "exactly one Host field is needed"};
  }
  constexpr std::string_view kOthers = "-._:[]";
  const bool plain = std::all_of(head.host.begin(), head.host.end(), [&](unsigned char c) {
    return (c < 0x80U && std::isalnum(c) != 0) ||
           kOthers.find(static_cast<char>(c)) != kOthers.npos;
  });
  if (!plain)
    return Refusal{ProblemKind::invalid_request, "the Host field is not HOST or HOST:PORT"};
  if (head.target.front() == '/') return std::nullopt;
  // Absolute form must be accepted (RFC 9112 section 3.2.2), but only for the host it names twice.
  constexpr std::string_view kScheme = "http://";
  if (head.target.substr(0, kScheme.size()) == kScheme) {
    const std::string_view rest = head.target.substr(kScheme.size());
    if (!head.host.empty() && rest.substr(0, rest.find('/')) == head.host &&
        rest.find('/') != rest.npos) {
      return std::nullopt;
    }
  }
  return Refusal{ProblemKind::invalid_request,
                 "the request target must begin with '/' or be http://HOST/... of the Host field"};
}

Checked judge_framing(const Gathered& head) {
  if (head.encodings > 0 && head.lengths > 0) {
    return malformed("Content-Length and Transfer-Encoding exclude each other");
  }
  if (head.lengths > 1) return malformed("there is more than one Content-Length");
  if (head.encodings > 0) {
    if (head.encodings > 1 || !head.http_1_1 || !equals_ignoring_case(head.encoding, "chunked")) {
      return malformed("the only Transfer-Encoding accepted is one `chunked`, in HTTP/1.1");
    }
    return Framing{Framing::Kind::chunked, 0};
  }
  if (head.lengths == 1) {
    const auto length = parse_u64(head.length);
    if (!length || head.length.size() > 18) return malformed("Content-Length is not a number");
    return Framing{Framing::Kind::length, *length};
  }
  if (head.method == "POST" || head.method == "PUT" || head.method == "PATCH") {
    return refuse(ProblemKind::length_required,
                  "send Content-Length, or Transfer-Encoding: chunked");
  }
  return Framing{};
}

}  // namespace

tl::expected<Framing, Refusal> check_head(std::string_view head) {
  if (auto broken = check_partial_head(head)) return tl::unexpected(std::move(*broken));
  Gathered gathered;
  std::size_t fields = 0;
  bool request_line = true;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(head.size(), end + 2));
    if (line.empty()) break;
    auto broken = request_line ? read_request_line(line, gathered) : read_field(line, gathered);
    if (broken) return tl::unexpected(std::move(*broken));
    if (!request_line && ++fields > kMaxFields) {
      return refuse(ProblemKind::header_too_large, "there are more than 100 header fields");
    }
    request_line = false;
  }
  if (request_line) return malformed("the request line is missing");
  if (auto broken = check_host(gathered)) return tl::unexpected(std::move(*broken));
  if (gathered.expectations > 1 ||
      (gathered.expectations == 1 && !equals_ignoring_case(gathered.expectation, "100-continue"))) {
    return refuse(ProblemKind::expectation_failed, "only `Expect: 100-continue` is understood");
  }
  return judge_framing(gathered);
}

std::optional<Refusal> check_partial_head(std::string_view bytes, std::size_t from) {
  // The byte before `from` is looked at again: whether a CR is bare shows only in the next byte.
  for (std::size_t i = from > 0 ? from - 1 : 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    const bool bare_feed = c == '\n' && (i == 0 || bytes[i - 1] != '\r');
    const bool bare_return = c == '\r' && i + 1 < bytes.size() && bytes[i + 1] != '\n';
    if (c == '\0' || bare_feed || bare_return) {
      return Refusal{ProblemKind::invalid_request,
                     "lines of a request head end with CR LF, and it holds no NUL"};
    }
  }
  // The longest allowed line bounds how long we wait for its end.
  const auto line_end = bytes.find("\r\n");
  if (line_end == bytes.npos && bytes.size() > kMaxTargetBytes + kMaxMethodBytes + 16) {
    return Refusal{ProblemKind::uri_too_long, "the request target is longer than 8192 bytes"};
  }
  if (bytes.size() > kMaxHeadBytes) {
    return Refusal{ProblemKind::header_too_large, "the request head is larger than 65536 bytes"};
  }
  return std::nullopt;
}

}  // namespace cex::http
