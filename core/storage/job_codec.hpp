// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/audit_record.hpp"
#include "core/model/job_request.hpp"
#include "core/model/job_view.hpp"

namespace cex::storage {

/// What is known of a job besides its request and its results.
struct JobHead {
  RequestContext context;
  JobView view;        ///< as it was queued
  AuditRecord record;  ///< as it was accepted
  std::chrono::seconds ttl{0};
};

/// CBOR (RFC 8949), since sources and outputs are bytes and JSON has only text. Decoding errors:
/// Errc::internal, for a document that is not one of these.
[[nodiscard]] std::string encode(const JobRequest& request);
[[nodiscard]] std::string encode(const JobHead& head);
[[nodiscard]] std::string encode(const JobView& view);
[[nodiscard]] std::string encode(const std::vector<JobEvent>& events);
[[nodiscard]] Result<JobRequest> decode_request(std::string_view bytes);
[[nodiscard]] Result<JobHead> decode_head(std::string_view bytes);
[[nodiscard]] Result<JobView> decode_view(std::string_view bytes);
[[nodiscard]] Result<std::vector<JobEvent>> decode_events(std::string_view bytes);

}  // namespace cex::storage
