// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cex {

/// `bytes` bytes of the kernel's randomness as lower-case hex. Aborts if the kernel has none.
[[nodiscard]] std::string random_hex(std::size_t bytes);

/// True for the ids that this server makes: 32 lower-case hex digits.
[[nodiscard]] bool is_job_id(std::string_view text) noexcept;

}  // namespace cex
