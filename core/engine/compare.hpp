// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/model/job_request.hpp"

namespace cex::engine {

/// Does `actual` answer a test that expects `expected`? Pure; linear in both.
/// exact: byte for byte. trim: white space at the end of each line and of the text does not count.
/// tokens: only the words count. floats: like tokens, but two words that are both numbers may
/// differ by `epsilon`, absolutely or relative to the expected one.
[[nodiscard]] bool matches(std::string_view actual, std::string_view expected, Compare how,
                           double epsilon);

}  // namespace cex::engine
