// SPDX-License-Identifier: Apache-2.0
#include "tests/corpus/time_factor.hpp"

#include <cstdlib>
#include <optional>

#include "core/base/text.hpp"

namespace cex::test {

int time_factor() {
  const char* text = std::getenv("CEX_TEST_TIME_FACTOR");
  const auto factor = text == nullptr ? std::nullopt : parse_u64(text);
  return factor && *factor > 0 ? static_cast<int>(*factor) : 1;
}

}  // namespace cex::test
