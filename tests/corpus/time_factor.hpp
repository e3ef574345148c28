// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace cex::test {

/// How much slower than an ordinary machine this one is (CEX_TEST_TIME_FACTOR).
[[nodiscard]] int time_factor();

}  // namespace cex::test
