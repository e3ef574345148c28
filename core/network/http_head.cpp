// SPDX-License-Identifier: Apache-2.0
#include "core/network/http_head.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/text.hpp"

namespace cex::network {
namespace {

constexpr std::string_view kEnd = "\r\n\r\n";
constexpr std::size_t kMaxMethod = 32;
constexpr std::uint64_t kMaxPort = 65'535;
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint64_t kMaxBody = std::uint64_t{1} << 40U;

// Of the hop between program and proxy, or set by us.
constexpr std::array kDropped{std::string_view{"connection"},
                              std::string_view{"host"},
                              std::string_view{"keep-alive"},
                              std::string_view{"proxy-authenticate"},
                              std::string_view{"proxy-authorization"},
                              std::string_view{"proxy-connection"},
                              std::string_view{"te"},
                              std::string_view{"trailer"},
                              std::string_view{"upgrade"},
                              std::string_view{"http2-settings"}};

HttpRequest malformed(int status, const char* reason) {
  HttpRequest request;
  request.progress = Progress::malformed;
  request.status = status;
  request.reason = reason;
  return request;
}

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_visible(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= ' ' && byte != 0x7fU);
  });
}

/// "host", "host:80", "[v6]:80"; false where the port is missing and there is no usual one.
bool read_authority(std::string_view text, std::uint16_t usual_port, HttpRequest& request) {
  const auto colon = text.rfind(':');
  const auto bracket = text.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon);
  request.host = text.substr(0, has_port ? colon : text.size());
  request.port = usual_port;
  if (has_port) {
    const auto port = parse_u64(text.substr(colon + 1));
    if (!port || *port > kMaxPort) return false;
    request.port = static_cast<std::uint16_t>(*port);
  }
  return !request.host.empty() && request.port != 0;
}

struct RequestLine {
  std::string_view method;
  std::string_view target;
  std::string_view version;
};

std::optional<RequestLine> read_request_line(std::string_view line) {
  const auto parts = split(line, ' ');
  if (parts.size() != 3) return {};
  RequestLine read{parts[0], parts[1], parts[2]};
  const bool version = read.version == "HTTP/1.1" || read.version == "HTTP/1.0";
  if (!version || read.method.size() > kMaxMethod || !is_token(read.method)) return {};
  if (!is_visible(read.target)) return {};
  return read;
}

/// The fields to send on, or a refusal in `request`.
bool read_fields(std::string_view fields, std::string& kept, HttpRequest& request) {
  bool has_length = false;
  while (!fields.empty()) {
    const auto end = fields.find("\r\n");
    const auto line = fields.substr(0, end);
    fields.remove_prefix(end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) ||
        !is_field_value(line.substr(colon + 1))) {
      request = malformed(400, "a header field is malformed");
      return false;
    }
    const std::string name = ascii_lower(line.substr(0, colon));
    const auto value = trim(line.substr(colon + 1));
    if (name == "transfer-encoding") {
      request = malformed(411, "a plain request through this proxy needs a Content-Length");
      return false;
    }
    if (name == "content-length") {
      const auto length = parse_u64(value);
      if (!length || *length > kMaxBody || has_length) {
        request = malformed(400, "Content-Length is malformed");
        return false;
      }
      has_length = true;
      request.body_size = *length;
    }
    if (std::ranges::find(kDropped, name) != kDropped.end()) continue;
    kept.append(line.substr(0, colon)).append(": ").append(value).append("\r\n");
  }
  return true;
}

}  // namespace

bool http_head_is_whole(std::string_view bytes, std::size_t known) noexcept {
  const std::size_t from = known < kEnd.size() ? 0 : known - (kEnd.size() - 1);
  return bytes.size() >= kMaxHttpHead || bytes.find(kEnd, from) != std::string_view::npos;
}

HttpRequest read_http_request(std::string_view bytes) {
  const auto end = bytes.substr(0, kMaxHttpHead).find(kEnd);
  if (end == std::string_view::npos) return malformed(431, "the request's head is too long");
  const auto first_end = bytes.find("\r\n");
  const auto line = read_request_line(bytes.substr(0, first_end));
  if (!line) return malformed(400, "the request line is malformed");

  HttpRequest request;
  std::string fields;
  const auto rest = bytes.substr(first_end + 2, end - first_end);
  if (!read_fields(rest, fields, request)) return request;
  request.progress = Progress::complete;
  request.size = end + kEnd.size();
  request.tunnel = line->method == "CONNECT";
  if (request.tunnel) {
    if (read_authority(line->target, 0, request)) return request;
    return malformed(400, "CONNECT needs HOST:PORT");
  }
  constexpr std::string_view kScheme = "http://";
  if (ascii_lower(line->target.substr(0, kScheme.size())) != kScheme) {
    return malformed(400, "a proxy takes CONNECT host:port and http://host/ only");
  }
  const auto after = line->target.substr(kScheme.size());
  const auto slash = after.find_first_of("/?#");
  if (!read_authority(after.substr(0, slash), kHttpPort, request)) {
    return malformed(400, "the request's target is malformed");
  }
  std::string path{slash == std::string_view::npos ? std::string_view{} : after.substr(slash)};
  path = path.substr(0, path.find('#'));
  if (!path.starts_with('/')) path.insert(path.begin(), '/');
  request.head.append(line->method).append(" ").append(path).append(" HTTP/1.1\r\nHost: ");
  request.head += request.host;
  if (request.port != kHttpPort) request.head += ":" + std::to_string(request.port);
  request.head += "\r\n" + fields + "Connection: close\r\n\r\n";
  return request;
}

std::string render_refusal(int status, std::string_view why) {
  const char* phrase = "Forbidden";
  if (status == 400) phrase = "Bad Request";
  if (status == 411) phrase = "Length Required";
  if (status == 431) phrase = "Request Header Fields Too Large";
  if (status == 502) phrase = "Bad Gateway";
  if (status == 504) phrase = "Gateway Timeout";
  const std::string text = "network of this job: " + std::string{why} + "\n";
  return "HTTP/1.1 " + std::to_string(status) + " " + phrase +
         "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(text.size()) +
         "\r\nConnection: close\r\n\r\n" + text;
}

}  // namespace cex::network
