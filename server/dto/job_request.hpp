// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "core/model/job_request.hpp"
#include "server/http/problem.hpp"

namespace cex::dto {

/// Reads the body of `POST /v1/jobs` strictly: unknown fields, wrong types, numbers that are no
/// whole numbers, broken base64 and counts above the bounds are refused, all findings together.
/// What needs knowledge of languages, limits or paths is judged by the engine. Pure. Problems:
/// invalid_json, invalid_request.
[[nodiscard]] tl::expected<JobRequest, http::Problem> parse_job_request(std::string_view body);

/// `{"jobs": [...]}` with 1 to 100 of them; pointers of the findings begin with "/jobs/INDEX".
[[nodiscard]] tl::expected<std::vector<JobRequest>, http::Problem> parse_job_batch(
    std::string_view body);

}  // namespace cex::dto
