// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

namespace cex::test {

/// How many processes below `ancestor` live now, by their names: launchers, slots, and what is in
/// boxes.
[[nodiscard]] std::map<std::string, std::uint64_t> names_of_descendants(pid_t ancestor);

}  // namespace cex::test
