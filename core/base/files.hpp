// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace cex {

/// The whole of a small file, "" if it cannot be read: for the kernel's own text files, whose
/// absence is an answer. What a user names is read with an error instead.
[[nodiscard]] std::string read_text_file(const std::string& path);

}  // namespace cex
