// SPDX-License-Identifier: Apache-2.0
#include "server/http/error_map.hpp"

#include <array>

namespace cex::http {
namespace {

struct Row {
  ProblemKind kind;
  ProblemType type;
};

constexpr std::array kTable{
    Row{ProblemKind::invalid_json, {400, "invalid_json", "The body is not acceptable JSON"}},
    Row{ProblemKind::invalid_request, {400, "invalid_request", "The request is not valid"}},
    Row{ProblemKind::unauthenticated, {401, "unauthenticated", "The request needs a key"}},
    Row{ProblemKind::forbidden, {403, "forbidden", "The request is not allowed"}},
    Row{ProblemKind::not_found, {404, "not_found", "There is no such thing here"}},
    Row{ProblemKind::method_not_allowed,
        {405, "method_not_allowed", "The method is not allowed here"}},
    Row{ProblemKind::request_timeout, {408, "request_timeout", "The request came too slowly"}},
    Row{ProblemKind::idempotency_conflict,
        {409, "idempotency_conflict", "The idempotency key belongs to another request"}},
    Row{ProblemKind::length_required, {411, "length_required", "The request needs a length"}},
    Row{ProblemKind::too_large, {413, "too_large", "The request is too large"}},
    Row{ProblemKind::uri_too_long, {414, "uri_too_long", "The request target is too long"}},
    Row{ProblemKind::unsupported_media_type,
        {415, "unsupported_media_type", "The media type is not supported"}},
    Row{ProblemKind::expectation_failed,
        {417, "expectation_failed", "The expectation cannot be met"}},
    Row{ProblemKind::unknown_language, {422, "unknown_language", "The language is not known"}},
    Row{ProblemKind::unknown_version,
        {422, "unknown_version", "No installed toolchain matches the version"}},
    Row{ProblemKind::language_unusable,
        {422, "language_unusable", "The language is not usable on this server"}},
    Row{ProblemKind::limit_too_high,
        {422, "limit_too_high", "A limit is above this server's maximum"}},
    Row{ProblemKind::upgrade_required,
        {426, "upgrade_required", "The request must ask for another protocol"}},
    Row{ProblemKind::rate_limited, {429, "rate_limited", "Too many connections or requests"}},
    Row{ProblemKind::queue_full, {429, "queue_full", "The queue is full"}},
    Row{ProblemKind::header_too_large,
        {431, "header_too_large", "The request header is too large"}},
    Row{ProblemKind::internal_error, {500, "internal_error", "The server failed"}},
    Row{ProblemKind::not_ready, {503, "not_ready", "The server is not ready"}},
    Row{ProblemKind::draining, {503, "draining", "The server is shutting down"}},
    Row{ProblemKind::version_not_supported,
        {505, "version_not_supported", "The HTTP version is not supported"}},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_order(), "the table is indexed by ProblemKind");

}  // namespace

const ProblemType& problem_type(ProblemKind kind) noexcept {
  return kTable[static_cast<std::size_t>(kind)].type;
}

ProblemKind kind_of(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_request:
      return ProblemKind::invalid_request;
    case Errc::forbidden:
      return ProblemKind::forbidden;
    case Errc::limit_too_high:
      return ProblemKind::limit_too_high;
    case Errc::unknown_language:
      return ProblemKind::unknown_language;
    case Errc::unknown_version:
      return ProblemKind::unknown_version;
    case Errc::language_unusable:
      return ProblemKind::language_unusable;
    case Errc::not_found:
      return ProblemKind::not_found;
    case Errc::conflict:
      return ProblemKind::idempotency_conflict;
    case Errc::queue_full:
      return ProblemKind::queue_full;
    case Errc::too_large:
      return ProblemKind::too_large;
    case Errc::not_ready:
    case Errc::audit:  // without an audit log no job is taken
      return ProblemKind::not_ready;
    case Errc::config:
    case Errc::plugin:
    case Errc::policy:
    case Errc::unsupported:
    case Errc::system:
    case Errc::internal:
      return ProblemKind::internal_error;
  }
  return ProblemKind::internal_error;
}

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

}  // namespace cex::http
